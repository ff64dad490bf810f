import { afterAll, beforeAll, expect, it } from "vitest";
import { RecordedSession } from "../../support/library/recorded-session.ts";
import { listStatements, runStenograph, temporaryDirectory } from "../../support/stenograph.ts";

const start = Date.UTC(2026, 0, 31, 9) * 1000;
const sql = "SELECT '\u001b]0;owned\u0007\u001b[2J\u009b8m\u202e'";
const message = "near \u001b[1A";

let data: ReturnType<typeof temporaryDirectory>;
beforeAll(() => {
  data = temporaryDirectory();
  new RecordedSession(data.path, start, { account: "eve\u001b[2K" }).query(sql, start + 1, { error: 1064, message }).close();
});
afterAll(() => data[Symbol.dispose]());

it.each([["sessions"], ["sessions", "--json"], ["statements"], ["statements", "--json"]])(
  "no terminal obeys what %s %s prints",
  async (...command) => {
    const { stdout } = await runStenograph([...command, "--data", data.path]);
    expect(stdout).toContain("\\u001b[2");
    expect(stdout.replaceAll("\n", "")).not.toMatch(/[\p{Bidi_Control}\p{Cc}]/u);
  },
);

it("counts one as one", async () => {
  expect((await runStenograph(["sessions", "--data", data.path])).stdout).toContain("  1 statement, 1 error  ");
});

it("JSON holds what was recorded all the same", async () => {
  expect(await listStatements(data.path)).toMatchObject([{ sql, message }]);
});
