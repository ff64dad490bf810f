import type { FromCore } from "../../../proxy/api/contract.ts";
import type { ServerChannel } from "../../../proxy/api/server-channel.ts";

/** A transport in memory: the test plays the user interface. */
export class FakeChannel implements ServerChannel {
  readonly sent: FromCore[] = [];
  #listener: (message: unknown) => void = () => undefined;
  #closeListeners: (() => void)[] = [];
  #blocked: { readonly promise: Promise<void>; readonly resolve: () => void } | null = null;
  #waiting: { readonly matches: (message: FromCore) => boolean; readonly resolve: (message: FromCore) => void }[] = [];

  send(message: FromCore): void {
    this.sent.push(message);
    for (const waiter of this.#waiting.filter(({ matches }) => matches(message))) waiter.resolve(message);
    this.#waiting = this.#waiting.filter(({ matches }) => !matches(message));
  }

  writable(): Promise<void> {
    return this.#blocked?.promise ?? Promise.resolve();
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#listener = listener;
  }

  onClose(listener: () => void): void {
    this.#closeListeners.push(listener);
  }

  close(): void {
    for (const listener of this.#closeListeners) listener();
    this.#closeListeners = [];
  }

  /** The user interface says something; resolves to the first answer, event or failure that it then gets for `id`. */
  async ask(message: unknown, id: number): Promise<FromCore> {
    const reply = this.next((candidate) => candidate.id === id);
    this.#listener(message);
    return await reply;
  }

  say(message: unknown): void {
    this.#listener(message);
  }

  next(matches: (message: FromCore) => boolean): Promise<FromCore> {
    return new Promise((resolve) => this.#waiting.push({ matches, resolve }));
  }

  /** The user interface stops taking, until `unblock`. */
  block(): void {
    this.#blocked = Promise.withResolvers<void>();
  }

  unblock(): void {
    this.#blocked?.resolve();
    this.#blocked = null;
  }
}
