// `npm run bench`: how fast the proxy is, beside a direct connection and HAProxy.
import { handOver } from "../support/hand-over.mjs";

handOver("test/bench/main.ts");
