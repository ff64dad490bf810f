import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type EndedRecording, Sealer, type SealingStep } from "../../../../proxy/library/sealer.ts";
import { temporaryDirectory } from "../../../support/stenograph.ts";

const sealed: SealingStep = { kind: "sealed", seal: null };
const reading: SealingStep = { kind: "reading" };

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory[Symbol.dispose]());

/** A sealer whose recordings do what is said of them, step by step, and what it did. */
function sealerOf(steps: Record<string, (SealingStep | Error)[]>) {
  const done: string[] = [];
  const open = new Set<string>();
  const wakes: Record<string, () => void> = {};
  const begun: string[] = [];
  const sealer = new Sealer({
    begin: ({ session }, _sign, wake) => {
      begun.push(session);
      open.add(session);
      wakes[session] = wake;
      return {
        step: () => {
          const step = steps[session]?.shift();
          if (step === undefined) throw new Error(`no more steps of ${session}`);
          if (step instanceof Error) throw step;
          return step;
        },
        close: () => void open.delete(session),
      };
    },
    sign: () => Promise.resolve([]),
    wake: () => undefined,
    sealed: ({ session }) => void done.push(session),
  });
  return { sealer, done, open, wakes, begun };
}

function recording(session: string): EndedRecording {
  const file = path.join(directory.path, session);
  fs.writeFileSync(file, "");
  return { session, path: file };
}

it("seals one recording after the other, in slices", () => {
  const { sealer, done, open } = sealerOf({ a: [reading, reading, sealed], b: [sealed] });
  sealer.add(recording("a"));
  sealer.add(recording("b"));
  sealer.work(0, () => true);
  expect([done, sealer.hasWork]).toEqual([[], true]);
  sealer.work(0, () => true);
  sealer.work(0, () => true);
  expect(done).toEqual(["a"]);
  sealer.work(0, () => false);
  expect([done, sealer.hasWork, open.size]).toEqual([["a", "b"], false, 0]);
});

it("rests while signatures are awaited, and goes on when they come", () => {
  const { sealer, done, wakes } = sealerOf({ a: [{ kind: "waiting" }, sealed] });
  sealer.add(recording("a"));
  sealer.work(0, () => false);
  expect([sealer.hasWork, sealer.waits, done]).toEqual([false, true, []]);
  wakes.a?.();
  expect([sealer.hasWork, sealer.waits]).toEqual([true, false]);
  sealer.work(0, () => false);
  expect(done).toEqual(["a"]);
});

it("tries again what could not be sealed, later and later, says why, and holds up nothing else", () => {
  const failure = new Error("The disk is full.");
  const { sealer, done, begun, open } = sealerOf({ a: [failure, failure, sealed], b: [sealed] });
  sealer.add(recording("a"));
  sealer.add(recording("b"));
  sealer.work(0, () => false);
  expect([done, sealer.problem, open.size]).toEqual([["b"], "The disk is full.", 0]);
  sealer.work(4999, () => false);
  expect(begun).toEqual(["a", "b"]);
  sealer.work(5000, () => false);
  sealer.work(14_999, () => false);
  expect(begun).toEqual(["a", "b", "a"]);
  sealer.work(15_000, () => false);
  expect([done, sealer.problem]).toEqual([["b", "a"], null]);
});

it("gives up a recording that is gone", () => {
  const { sealer, begun } = sealerOf({ a: [new Error("ENOENT")] });
  const gone = recording("a");
  fs.rmSync(gone.path);
  sealer.add(gone);
  sealer.work(0, () => false);
  sealer.work(1_000_000, () => false);
  expect(begun).toEqual(["a"]);
});

it("does not read again what it has sealed, is sealing, or will try again", () => {
  const { sealer, begun } = sealerOf({ a: [reading, sealed], b: [new Error("no")] });
  const a = recording("a");
  const b = recording("b");
  sealer.add(a);
  sealer.work(0, () => true);
  sealer.add(a);
  sealer.work(0, () => false);
  sealer.add(a);
  sealer.add(b);
  sealer.work(0, () => false);
  sealer.add(b);
  sealer.work(0, () => false);
  expect(begun).toEqual(["a", "b"]);
});

it("lets go of what it was reading when it is closed", () => {
  const { sealer, open, wakes } = sealerOf({ a: [{ kind: "waiting" }] });
  sealer.add(recording("a"));
  sealer.work(0, () => false);
  sealer.close();
  wakes.a?.();
  expect([open.size, sealer.hasWork]).toEqual([0, false]);
});
