// `npm test`: everything. `npm run check`: what needs no servers.
import { handOver } from "./support/hand-over.mjs";

handOver("test/support/runner/main.ts", "0 passed, 1 failed");
