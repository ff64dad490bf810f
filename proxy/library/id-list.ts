/** An ascending list of ids that grows at both ends, in a few bytes for each. */
export class IdList {
  #ids = new Uint32Array(1024);
  #start = 512;
  #end = 512;

  get length(): number {
    return this.#end - this.#start;
  }

  /** Ids from index `from` up to, not including, `to`. */
  slice(from: number, to: number): Uint32Array {
    return this.#ids.subarray(this.#start + from, this.#start + to);
  }

  /** Adds ids that are all greater than those in the list. */
  append(ids: readonly number[]): void {
    if (this.#end + ids.length > this.#ids.length) this.#grow(ids.length);
    this.#ids.set(ids, this.#end);
    this.#end += ids.length;
  }

  /** Adds ids that are all smaller than those in the list. */
  prepend(ids: readonly number[]): void {
    if (ids.length > this.#start) this.#grow(ids.length);
    this.#start -= ids.length;
    this.#ids.set(ids, this.#start);
  }

  /** Makes room for `more` ids at either end. */
  #grow(more: number): void {
    const { length } = this;
    const room = Math.max(more, length >> 1, 512);
    const ids = new Uint32Array(length + 2 * room);
    ids.set(this.#ids.subarray(this.#start, this.#end), room);
    this.#ids = ids;
    this.#start = room;
    this.#end = room + length;
  }
}
