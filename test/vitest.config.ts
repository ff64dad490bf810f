import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("..", import.meta.url));
const propertyRuns = fileURLToPath(new URL("support/property-runs.ts", import.meta.url));
const servers = fileURLToPath(new URL("support/vitest-servers.ts", import.meta.url));

/** Tests against real servers start child processes, wait for disks and share two cores. */
const patient = { testTimeout: 60_000, hookTimeout: 120_000, teardownTimeout: 60_000 };

export default defineConfig({
  root,
  test: {
    // Nothing under test asks the keychain of whoever runs it.
    env: { STENOGRAPH_KEYCHAIN: "off" },
    projects: [
      { extends: true, test: { name: "rules", include: ["test/dependency-rules/**/*.test.ts"], testTimeout: 60_000 } },
      {
        extends: true,
        test: { name: "unit", include: ["test/{unit,protocol}/**/*.test.{ts,tsx}"], setupFiles: propertyRuns, testTimeout: 20_000 },
      },
      { extends: true, test: { name: "integration", include: ["test/integration/**/*.test.ts"], globalSetup: servers, ...patient } },
      {
        extends: true,
        // One file at a time: these tests fill disks, kill processes and measure what is left.
        test: { name: "faults", include: ["test/faults/**/*.test.ts"], globalSetup: servers, fileParallelism: false, ...patient },
      },
    ],
  },
});
