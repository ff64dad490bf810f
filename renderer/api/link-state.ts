import type { Failure } from "../../proxy/model/failure.ts";

/** Whether the core can be reached. `retryInMs`: how long until the next try, from when the state was set. */
export type LinkState =
  | { readonly state: "connecting" }
  | { readonly state: "connected" }
  | { readonly state: "disconnected"; readonly failure: Failure; readonly retryInMs: number };

/** The link's state, for `useSyncExternalStore`. */
export class LinkStore {
  #state: LinkState = { state: "connecting" };
  readonly #listeners = new Set<() => void>();

  readonly get = (): LinkState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(state: LinkState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }
}
