import { describe, expect, it } from "vitest";
import { emptyMachine, readMachine } from "../../../../renderer/machines/machine-draft.ts";
import { machineState } from "../../../../renderer/machines/machine-state.ts";

const now = new Date("2026-11-22T12:00:00").getTime();

describe("a machine that is written down", () => {
  it("may use all connections, for good, with a secret, unless more is said", () => {
    const draft = { ...emptyMachine("Dana Beck"), name: " Nightly report ", groups: "jobs, , reports" };
    expect(readMachine(draft, now)).toEqual({
      ok: true,
      settings: {
        name: "Nightly report",
        owner: "Dana Beck",
        groups: ["jobs", "reports"],
        connections: null,
        until: null,
        tokenSubject: null,
      },
    });
  });

  it("expires at the end of the local day that was chosen", () => {
    const read = readMachine({ ...emptyMachine("Dana"), name: "a", until: "2026-11-22" }, now);
    expect(read).toMatchObject({ settings: { until: new Date("2026-11-22T23:59:59").getTime() * 1000 } });
  });

  it("says what is missing", () => {
    const draft = { ...emptyMachine(" "), until: "2026-11-21", presents: "token" as const };
    const read = readMachine(draft, now);
    expect(read.ok ? [] : Object.keys(read.errors)).toEqual(["name", "owner", "until", "tokenSubject"]);
  });
});

it.each([
  [{ revokedAt: null, until: null }, "good"],
  [{ revokedAt: null, until: now + 1 }, "good"],
  [{ revokedAt: null, until: now }, "expired"],
  [{ revokedAt: 1, until: now + 1 }, "revoked"],
] as const)("a machine with %j is %s", (machine, state) => {
  expect(machineState(machine, now)).toBe(state);
});
