/** Asks for `action` to run at the next drawn frame; returns what cancels it. */
export type NextFrame = (action: () => void) => () => void;

/** The next animation frame, or a quarter of a second later where the page is hidden and draws none. */
export const nextAnimationFrame: NextFrame = (action) => {
  const run = (): void => {
    cancel();
    action();
  };
  const frame = requestAnimationFrame(run);
  const timer = setTimeout(run, 250);
  const cancel = (): void => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
  return cancel;
};

/** Gathers items and hands them on together, once per frame. */
export class FrameBatch<T> {
  readonly #apply: (items: readonly T[]) => void;
  readonly #nextFrame: NextFrame;
  #items: T[] = [];
  #cancel: (() => void) | null = null;

  constructor(apply: (items: readonly T[]) => void, nextFrame: NextFrame) {
    this.#apply = apply;
    this.#nextFrame = nextFrame;
  }

  add(item: T): void {
    this.#items.push(item);
    this.#cancel ??= this.#nextFrame(() => this.#flush());
  }

  /** Forgets what was gathered. */
  clear(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#items = [];
  }

  #flush(): void {
    this.#cancel = null;
    const items = this.#items;
    this.#items = [];
    this.#apply(items);
  }
}
