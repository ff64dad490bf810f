/** Rows by index, kept in pages; the page that was used longest ago is forgotten when there are too many. */
export class PageCache<Row> {
  readonly pageSize: number;
  readonly #most: number;
  /** In order of last use, oldest first (a Map keeps the order of insertion). */
  readonly #pages = new Map<number, (Row | undefined)[]>();

  constructor(pageSize: number, most: number) {
    this.pageSize = pageSize;
    this.#most = most;
  }

  get(index: number): Row | undefined {
    const number = Math.floor(index / this.pageSize);
    return this.#touch(number)?.[index - number * this.pageSize];
  }

  put(index: number, row: Row): void {
    const number = Math.floor(index / this.pageSize);
    let page = this.#touch(number);
    if (page === undefined) {
      page = new Array<Row | undefined>(this.pageSize).fill(undefined);
      this.#pages.set(number, page);
      this.#forgetOldest();
    }
    page[index - number * this.pageSize] = row;
  }

  /** Whether all of `from` (included) to `to` (excluded) is here. */
  has(from: number, to: number): boolean {
    for (let index = from; index < to; index++) if (this.get(index) === undefined) return false;
    return true;
  }

  clear(): void {
    this.#pages.clear();
  }

  #touch(number: number): (Row | undefined)[] | undefined {
    const page = this.#pages.get(number);
    if (page !== undefined) {
      this.#pages.delete(number);
      this.#pages.set(number, page);
    }
    return page;
  }

  #forgetOldest(): void {
    if (this.#pages.size <= this.#most) return;
    const oldest = this.#pages.keys().next();
    if (!oldest.done) this.#pages.delete(oldest.value);
  }
}
