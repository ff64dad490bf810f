import { chmodSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AccessEvent, AccessLog, accessLogPath } from "../../../../proxy/identity/access-log.ts";
import { personOf } from "../../../support/identity/actors.ts";
import { temporaryDirectory } from "../../../support/stenograph.ts";

const noon = Date.UTC(2026, 0, 31, 12);
const minute = 60_000;
const anna = personOf();
const ben = personOf({ subject: "ben" });

let data: ReturnType<typeof temporaryDirectory>;
let now: number;
const failures: string[] = [];

beforeEach(() => {
  data = temporaryDirectory();
  now = noon;
  failures.length = 0;
});

afterEach(() => data[Symbol.dispose]());

const open = () => new AccessLog({ dataDirectory: data.path, failed: (message) => failures.push(message), now: () => now });
const lines = () =>
  readFileSync(accessLogPath(data.path), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const refusedCall = (call: string, actor = anna): AccessEvent => ({ kind: "refused-call", actor, call, needs: ["admin"] });
const refusedClient = (user: string): AccessEvent => ({
  kind: "refused-client",
  actor: null,
  connection: "shop",
  user,
  client: "127.0.0.1:5000",
  cause: "sign-in-failed",
  message: "wrong",
  session: "s",
});

describe("The access log", () => {
  it("gets a line for each event, with its time and who did it, and is for its owner's eyes only", () => {
    open().record({ kind: "signed-in", actor: anna });
    now += 1500;
    open().record({ kind: "sign-in-failed", actor: null, code: "token-refused", message: "No." });
    expect(lines()).toEqual([
      { at: "2026-01-31T12:00:00.000000Z", kind: "signed-in", actor: anna },
      { at: "2026-01-31T12:00:01.500000Z", kind: "sign-in-failed", actor: null, code: "token-refused", message: "No." },
    ]);
    expect(statSync(accessLogPath(data.path)).mode & 0o777).toBe(0o600);
  });

  it("keeps a line whole, whatever is in a name", () => {
    open().record({ kind: "signed-in", actor: personOf({ name: 'a\n{"kind":"signed-in"}\u2028b' }) });
    expect(lines()).toHaveLength(1);
  });

  it("writes the first of what repeats itself, and how many more there were when ten minutes are over", () => {
    const log = open();
    for (let n = 0; n < 100_000; n += 1) log.record(refusedCall("statements.page"));
    expect(lines()).toHaveLength(3);
    now += 10 * minute;
    log.record(refusedCall("statements.page"));
    expect(lines().slice(3)).toMatchObject([{ kind: "refused-call", call: "statements.page", times: 99_997 }, { call: "statements.page" }]);
  });

  it("loses no number at its end", () => {
    const log = open();
    for (let n = 0; n < 10; n += 1) log.record(refusedCall("sessions.list"));
    log.close();
    expect(lines().at(-1)).toMatchObject({ call: "sessions.list", times: 7 });
  });

  it("tells apart who is refused what", () => {
    const log = open();
    for (const event of [refusedCall("a"), refusedCall("b"), refusedCall("a", ben), refusedClient("eve"), refusedClient("mallory")])
      for (let n = 0; n < 5; n += 1) log.record(event);
    expect(lines()).toHaveLength(15);
  });

  it("stays small where names are made up without end, and still counts them", () => {
    const log = open();
    for (let n = 0; n < 20_000; n += 1) log.record(refusedClient(`user-${n}`));
    expect(lines().length).toBeLessThan(300);
    log.close();
    expect(lines().reduce((sum, { times }) => sum + (typeof times === "number" ? times : 1), 0)).toBe(20_000);
  });

  it("has room for what people are refused, however many names clients make up", () => {
    const log = open();
    for (let n = 0; n < 1000; n += 1) log.record(refusedClient(`user-${n}`));
    for (let n = 0; n < 10; n += 1) log.record({ kind: "sign-in-failed", actor: null, code: `code-${n}`, message: "No." });
    for (const call of ["statements.page", "machines.list", "identity.saveSettings", "sessions.list", "statements.rows"])
      log.record(refusedCall(call));
    const kinds = lines().map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "refused-call")).toHaveLength(5);
    expect(kinds.filter((kind) => kind === "sign-in-failed")).toHaveLength(10);
  });

  it("never holds back what nobody can cause in a loop", () => {
    const log = open();
    for (let n = 0; n < 20; n += 1) log.record({ kind: "signed-in", actor: anna });
    expect(lines()).toHaveLength(20);
  });

  it("says what could not be written, and goes on", () => {
    mkdirSync(accessLogPath(data.path));
    chmodSync(accessLogPath(data.path), 0o500);
    open().record({ kind: "signed-in", actor: anna });
    expect(failures).toEqual([expect.stringMatching(/^The access log .* could not be written: .*"kind":"signed-in"/)]);
  });
});
