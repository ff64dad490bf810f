/** A queue, first in, first out, whose `shift` costs the same however long it is: an array's moves all that is behind. */
export class Fifo<T> {
  private items: T[] = [];
  private start = 0;

  get length(): number {
    return this.items.length - this.start;
  }

  /** The item that `shift` would take; `undefined` where there is none. */
  get first(): T | undefined {
    return this.items[this.start];
  }

  push(item: T): void {
    this.items.push(item);
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.items[this.start];
    this.start += 1;
    if (this.start * 2 >= this.items.length) this.dropTaken();
    return item;
  }

  *[Symbol.iterator](): Generator<T> {
    for (let at = this.start; at < this.items.length; at += 1) yield this.items[at] as T;
  }

  /** Half of the array at least has been taken, so that copying the rest is paid for. */
  private dropTaken(): void {
    this.items = this.start === this.items.length ? [] : this.items.slice(this.start);
    this.start = 0;
  }
}
