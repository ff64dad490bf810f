import { placeOf } from "./part-path.ts";
import type { PartItem } from "./session-items.ts";

/** How much is withheld, in parts, and of what. `cells`: the parts that hold the cells of one column in a block of rows. */
export interface WithheldCounts {
  readonly parts: number;
  /** Events of which anything is withheld. */
  readonly events: number;
  readonly sql: number;
  readonly parameters: number;
  readonly cells: number;
  /** Definitions of columns, messages, notes. */
  readonly other: number;
}

/** Counts the parts that are withheld; told them in their order. */
export class WithheldTally {
  #parts = 0;
  #events = 0;
  #sql = 0;
  #parameters = 0;
  #cells = 0;
  #last = -1;

  add({ n, path }: Pick<PartItem, "n" | "path">): void {
    this.#parts += 1;
    if (n !== this.#last) this.#events += 1;
    this.#last = n;
    const kind = placeOf(path)?.kind;
    if (kind === "sql") this.#sql += 1;
    else if (kind === "params" || kind === "attributes") this.#parameters += 1;
    else if (kind === "block") this.#cells += 1;
  }

  get counts(): WithheldCounts {
    const other = this.#parts - this.#sql - this.#parameters - this.#cells;
    return { parts: this.#parts, events: this.#events, sql: this.#sql, parameters: this.#parameters, cells: this.#cells, other };
  }
}

/** The counts of several sessions together. */
export function sumOfCounts(all: readonly WithheldCounts[]): WithheldCounts {
  const sum = (of: keyof WithheldCounts): number => all.reduce((total, counts) => total + counts[of], 0);
  return {
    parts: sum("parts"),
    events: sum("events"),
    sql: sum("sql"),
    parameters: sum("parameters"),
    cells: sum("cells"),
    other: sum("other"),
  };
}
