import type { StatementLeaf } from "./leaf.ts";

/** Counts the rows of one result set, whose columns come block by block, as far as any column of a block is open. */
export class ResultRows {
  readonly #stated: StatementLeaf["results"][number];
  #parts = 0;
  #blockRows: number | null = null;
  #openRows = 0;
  /** Blocks of which nothing is open. */
  #hiddenBlocks = 0;

  constructor(stated: StatementLeaf["results"][number]) {
    this.#stated = stated;
  }

  get isComplete(): boolean {
    return this.#parts === this.#stated.columns * this.#stated.blocks;
  }

  /** The next part, which has so many rows; `null` where it is withheld. Gives what is wrong, as the end of a sentence. */
  take(rows: number | null): string | null {
    if (rows !== null && this.#blockRows !== null && rows !== this.#blockRows)
      return "has another number of rows than the columns beside it";
    this.#blockRows ??= rows;
    this.#parts += 1;
    if (this.#parts % this.#stated.columns !== 0) return null;
    if (this.#blockRows === null) this.#hiddenBlocks += 1;
    else this.#openRows += this.#blockRows;
    this.#blockRows = null;
    return this.isComplete ? this.#problem() : null;
  }

  /** A block of which nothing is open has one row at least. */
  #problem(): string | null {
    const { rows } = this.#stated;
    const isRight = this.#hiddenBlocks === 0 ? this.#openRows === rows : this.#openRows + this.#hiddenBlocks <= rows;
    return isRight ? null : `ends a result that has not ${rows} rows`;
  }
}
