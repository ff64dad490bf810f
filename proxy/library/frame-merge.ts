import type { UnixMicros } from "../model/value.ts";

/** Something whose frames come in the order of time, one after the other. */
export interface FrameSource {
  /** Time of the next frame; `null` where there is none for now. */
  nextAt(): UnixMicros | null;
}

interface Waiting<T> {
  readonly source: T;
  readonly at: UnixMicros;
}

/** Brings the frames of several sources into one order of time: a heap by the time of each one's next frame. */
export class FrameMerge<T extends FrameSource> {
  readonly #heap: Waiting<T>[] = [];

  /** The source with the earliest next frame, and its time; `null` where no source has one. */
  get first(): { readonly source: T; readonly at: UnixMicros } | null {
    return this.#heap[0] ?? null;
  }

  /** Adds a source, if it has a frame. */
  add(source: T): boolean {
    const at = source.nextAt();
    if (at === null) return false;
    const heap = this.#heap;
    heap.push({ source, at });
    let child = heap.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (this.#at(parent) <= at) break;
      this.#swap(child, parent);
      child = parent;
    }
    return true;
  }

  /** Takes out the source with the earliest frame; it is added again when that frame is taken. */
  take(): T | null {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return null;
    if (heap.length > 0) {
      heap[0] = last;
      this.#sink();
    }
    return first.source;
  }

  clear(): void {
    this.#heap.length = 0;
  }

  #sink(): void {
    let parent = 0;
    for (;;) {
      const left = parent * 2 + 1;
      const least = this.#at(left + 1) < this.#at(left) ? left + 1 : left;
      if (this.#at(least) >= this.#at(parent)) return;
      this.#swap(parent, least);
      parent = least;
    }
  }

  #at(index: number): number {
    return this.#heap[index]?.at ?? Number.POSITIVE_INFINITY;
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#heap[a], this.#heap[b]];
    if (first === undefined || second === undefined) return;
    this.#heap[a] = second;
    this.#heap[b] = first;
  }
}
