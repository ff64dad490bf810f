/** Remembers the keys of the texts that were looked up last, up to a number of them; the oldest are forgotten. */
export class KeyCache {
  readonly #limit: number;
  #recent = new Map<string, number>();
  #older = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(text: string): number | undefined {
    const key = this.#recent.get(text) ?? this.#older.get(text);
    if (key !== undefined && !this.#recent.has(text)) this.set(text, key);
    return key;
  }

  set(text: string, key: number): void {
    if (this.#recent.size >= this.#limit / 2) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(text, key);
  }

  clear(): void {
    this.#recent.clear();
    this.#older.clear();
  }
}
