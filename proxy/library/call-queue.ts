import { failureOf } from "../model/failure.ts";
import type { FromLibrary, ToLibrary } from "./messages.ts";

export type AskedCall = Extract<ToLibrary, { kind: "call" }>;

/** Answers one call; stops where `signal` aborts. */
export type AnswerCall = (call: AskedCall, signal: AbortSignal) => unknown;

/** Calls are answered for so long before messages that came meanwhile are heard: one of them may cancel what waits here. */
const turnMs = 10;

/** Calls that are not answered yet, in the order in which they came. One that is cancelled before its turn costs nothing. */
export class CallQueue {
  readonly #answer: AnswerCall;
  readonly #send: (message: FromLibrary) => void;
  readonly #waiting = new Map<number, AskedCall>();
  readonly #underWay = new Map<number, AbortController>();
  #turn: NodeJS.Immediate | null = null;

  constructor(answer: AnswerCall, send: (message: FromLibrary) => void) {
    this.#answer = answer;
    this.#send = send;
  }

  add(call: AskedCall): void {
    this.#waiting.set(call.id, call);
    this.#turn ??= setImmediate(() => this.#work());
  }

  /** Nobody waits for the call's answer any more, and none is sent. */
  cancel(id: number): void {
    this.#waiting.delete(id);
    this.#underWay.get(id)?.abort();
    this.#underWay.delete(id);
  }

  /** Cancels all. */
  close(): void {
    for (const id of [...this.#waiting.keys(), ...this.#underWay.keys()]) this.cancel(id);
    if (this.#turn !== null) clearImmediate(this.#turn);
  }

  #work(): void {
    const until = performance.now() + turnMs;
    for (const [id, call] of this.#waiting) {
      this.#waiting.delete(id);
      void this.#begin(call);
      if (performance.now() >= until) break;
    }
    this.#turn = this.#waiting.size > 0 ? setImmediate(() => this.#work()) : null;
  }

  async #begin(call: AskedCall): Promise<void> {
    const { id } = call;
    const abort = new AbortController();
    this.#underWay.set(id, abort);
    const message = await this.#outcome(call, abort.signal);
    if (this.#underWay.delete(id)) this.#send(message);
  }

  async #outcome(call: AskedCall, signal: AbortSignal): Promise<FromLibrary> {
    try {
      return { kind: "answer", id: call.id, output: await this.#answer(call, signal) };
    } catch (thrown) {
      return { kind: "failure", id: call.id, failure: failureOf(thrown) };
    }
  }
}
