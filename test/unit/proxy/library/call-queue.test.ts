import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { type AskedCall, CallQueue } from "../../../../proxy/library/call-queue.ts";
import type { FromLibrary } from "../../../../proxy/library/messages.ts";
import { cancelled, FailureError } from "../../../../proxy/model/failure.ts";
import { allSessions } from "../../../../proxy/model/read-scope.ts";

const call = (id: number): AskedCall => ({ kind: "call", id, name: "sessions.get", input: { session: `s${id}` }, scope: allSessions });

it("answers calls with what they came to, or why they came to nothing", async () => {
  const sent: FromLibrary[] = [];
  const queue = new CallQueue(
    ({ id }) => {
      if (id === 2) throw new FailureError("not-found", "There is none.");
      return id * 10;
    },
    (message) => sent.push(message),
  );
  for (const id of [1, 2, 3]) queue.add(call(id));
  await setImmediate();
  await setImmediate();
  expect(sent.toSorted((one, other) => Number("id" in one && one.id) - Number("id" in other && other.id))).toEqual([
    { kind: "answer", id: 1, output: 10 },
    { kind: "failure", id: 2, failure: { code: "not-found", message: "There is none." } },
    { kind: "answer", id: 3, output: 30 },
  ]);
});

it("does nothing for a call that was cancelled before its turn", async () => {
  const [answered, sent]: [number[], FromLibrary[]] = [[], []];
  const queue = new CallQueue(
    ({ id }) => answered.push(id),
    (message) => sent.push(message),
  );
  queue.add(call(1));
  queue.add(call(2));
  queue.cancel(1);
  await setImmediate();
  await setImmediate();
  expect(answered).toEqual([2]);
  expect(sent.map((message) => "id" in message && message.id)).toEqual([2]);
});

it("stops a call that is under way, and sends no answer to it", async () => {
  const sent: FromLibrary[] = [];
  const stopped: number[] = [];
  const queue = new CallQueue(
    ({ id }, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          stopped.push(id);
          reject(cancelled());
        });
      }),
    (message) => sent.push(message),
  );
  queue.add(call(1));
  await setImmediate();
  queue.cancel(1);
  await setImmediate();
  expect(stopped).toEqual([1]);
  expect(sent).toEqual([]);
});

it("hears of cancelled calls between two long ones", async () => {
  const answered: number[] = [];
  const queue = new CallQueue(
    ({ id }) => {
      answered.push(id);
      const until = performance.now() + 15;
      while (performance.now() < until);
    },
    () => undefined,
  );
  for (const id of [1, 2, 3]) queue.add(call(id));
  await setImmediate();
  queue.cancel(2);
  queue.cancel(3);
  await setImmediate();
  expect(answered).toEqual([1]);
});
