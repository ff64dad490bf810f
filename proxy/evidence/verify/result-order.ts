import type { PartPlace } from "../bundle/part-path.ts";
import type { DisclosedPart } from "./disclosed-part.ts";

/** The order of the parts of results that a leaf does not list one by one: where they end follows from what their definitions say. */
export class ResultOrder {
  readonly #first: number;
  readonly #results: number;
  #begun = 0;
  /** Columns of the result that is being read; `null` where they are withheld. */
  #columns: number | null = null;
  #block = 0;
  #column = 0;

  /** `first`: index of the first of them; `results`: how many there are. */
  constructor(first: number, results: number) {
    this.#first = first;
    this.#results = results;
  }

  get isComplete(): boolean {
    return this.#begun === this.#results;
  }

  /** The path that this part must have; the part is then taken for the one that came. */
  due({ value }: DisclosedPart, { kind, index }: PartPlace): string {
    if (kind === "definitions" || this.#begun === 0) return this.#begin(value);
    // How many columns there are is not known where their definitions are withheld: each block may be the next.
    const beginsNext = this.#columns === null ? index !== this.#block && this.#column > 0 : this.#column === this.#columns;
    if (beginsNext) {
      this.#block += 1;
      this.#column = 0;
    }
    this.#column += 1;
    return `results/${this.#first + this.#begun - 1}/blocks/${this.#block}/${this.#column - 1}`;
  }

  #begin(definitions: unknown): string {
    this.#begun += 1;
    this.#columns = Array.isArray(definitions) ? definitions.length : null;
    this.#block = 0;
    this.#column = 0;
    return `results/${this.#first + this.#begun - 1}/definitions`;
  }
}
