import { expect, it } from "vitest";
import { RecordedSession } from "../../support/library/recorded-session.ts";
import { listSessions, temporaryDirectory } from "../../support/stenograph.ts";

const start = Date.UTC(2026, 0, 31, 9) * 1000;

it("sessions lists the account that each began with, and all that its statements ran on", async () => {
  using data = temporaryDirectory();
  new RecordedSession(data.path, start, { account: "app@%" }).query("DO 1", start + 1).close();
  new RecordedSession(data.path, start + 1_000_000, { account: "app@%" })
    .changeUser("auditor", "auditor@localhost", start + 1_001_000)
    .query("DO 2", start + 1_002_000)
    .changeUser("app", "app@%", start + 1_003_000)
    .query("DO 3", start + 1_004_000)
    .close();
  expect(await listSessions(data.path)).toMatchObject([
    { account: "app@%", accounts: ["app@%"] },
    { account: "app@%", accounts: ["app@%", "auditor@localhost"] },
  ]);
});
