/** What a cache holds at most. */
export interface KeyCacheLimits {
  readonly texts: number;
  /** UTF-16 code units of all texts together. */
  readonly characters: number;
}

/** Remembers the keys of the texts that were looked up last, as far as its limits allow; the oldest are forgotten, half at a time. */
export class KeyCache {
  readonly #half: KeyCacheLimits;
  #recent = new Map<string, number>();
  #recentCharacters = 0;
  #older = new Map<string, number>();

  constructor({ texts, characters }: KeyCacheLimits) {
    this.#half = { texts: texts / 2, characters: characters / 2 };
  }

  get(text: string): number | undefined {
    const recent = this.#recent.get(text);
    if (recent !== undefined) return recent;
    const key = this.#older.get(text);
    if (key !== undefined) this.set(text, key);
    return key;
  }

  /** A text that is longer than half of all the room is not remembered. */
  set(text: string, key: number): void {
    if (text.length > this.#half.characters) return;
    if (this.#recent.size >= this.#half.texts || this.#recentCharacters + text.length > this.#half.characters) {
      this.#older = this.#recent;
      this.#recent = new Map();
      this.#recentCharacters = 0;
    }
    this.#recent.set(text, key);
    this.#recentCharacters += text.length;
  }

  clear(): void {
    this.#recent.clear();
    this.#recentCharacters = 0;
    this.#older.clear();
  }
}
