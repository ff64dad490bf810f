import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keepWorkloadRunning } from "../../../../proxy/demo/running-workload.ts";
import { TrainingServer, trainingSchema } from "../../../../proxy/demo/training/training-server.ts";
import type { ClientTarget } from "../../../../proxy/demo/workload/ledger-client.ts";

const account = { user: "u", password: "p" };
let server: TrainingServer;
let target: ClientTarget;
beforeEach(async () => {
  server = new TrainingServer({ account, seed: 1 });
  target = { ...account, host: "127.0.0.1", port: await server.listen(), schema: trainingSchema, actor: { kind: "os-user" } };
});
afterEach(() => server.close());

describe("the running workload", () => {
  it("goes on where one of its clients is refused, and says so once", async () => {
    const reported: string[] = [];
    let reports = 0;
    let refusals = 0;
    const workload = keepWorkloadRunning({
      targets: {
        application: () => target,
        administrator: () => target,
        agent: () => {
          refusals += 1;
          return { ...target, password: "wrong" };
        },
        report: () => {
          reports += 1;
          return target;
        },
      },
      seed: 1,
      pace: 0,
      beginAgainMs: 1,
      report: (message) => reported.push(message),
    });
    await vi.waitUntil(() => reports >= 3 && refusals >= 3, { timeout: 20_000, interval: 10 });
    await workload.stop();
    expect(reported).toEqual([expect.stringMatching(/^A client of the demo stopped, and tries again: The agent could not sign in .*\.$/)]);
  });
});
