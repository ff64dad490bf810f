/** Commits to the rows of a statement while they come, and holds no more of them than a block. */
import type { Column } from "../../model/statement.ts";
import type { Value } from "../../model/value.ts";
import { CompactTree } from "../merkle/compact-tree.ts";
import { leafHash } from "../merkle/hash.ts";
import type { EventWriter } from "./event-writer.ts";
import { type FurtherResults, mostResults, type ResultHeader } from "./leaf.ts";
import { lengthOf, longValue, type PartValue, partValue, undecoded } from "./part-value.ts";

/** A block ends before the row with which it would be longer, in rows, or in characters of its values together; a long one counts as none. */
const blockRows = 256;
const blockLength = 1024 * 1024;

interface OpenResult {
  readonly index: number;
  readonly columns: number;
  readonly definitions: string;
  /** Where its commitments go: a tree of its own, or that of all further results. */
  readonly tree: CompactTree;
  rows: number;
  blocks: number;
}

export class ResultCommitments {
  readonly seq: number;
  readonly #writer: EventWriter;
  readonly #headers: ResultHeader[] = [];
  readonly #further = new CompactTree();
  #furtherResults = 0;
  #open: OpenResult | null = null;
  /** Values of the block so far, column by column. */
  #block: PartValue[][] = [];
  #blockRows = 0;
  #blockLength = 0;

  /** For statement `seq`, whose event is the one that `writer` writes next. */
  constructor(writer: EventWriter, seq: number) {
    this.#writer = writer;
    this.seq = seq;
  }

  /** Result `index` begins, with these columns. */
  columns(index: number, columns: readonly Column[]): void {
    this.#begin(index, columns);
  }

  /** A row of result `index`; `null` where it cannot be decoded. */
  row(index: number, values: readonly Value[] | null): void {
    const open = this.#open?.index === index ? this.#open : this.#begin(index, []);
    open.rows += 1;
    if (open.columns === 0) return;
    const length = values === null ? 0 : rowLength(values);
    if (this.#blockRows === blockRows || (this.#blockRows > 0 && this.#blockLength + length > blockLength)) this.#endBlock(open);
    for (const [at, column] of this.#block.entries()) column.push(values === null ? undecoded : partValue(values[at] ?? null));
    this.#blockRows += 1;
    this.#blockLength += length;
  }

  /** No more will come: what the statement's header says of its results. */
  finish(): { results: ResultHeader[]; furtherResults: FurtherResults | null } {
    this.#end();
    const { size } = this.#further;
    const further = { results: this.#furtherResults, parts: size, root: this.#further.root().toString("hex") };
    return { results: this.#headers, furtherResults: this.#furtherResults === 0 ? null : further };
  }

  /** Begins a result, and those before it that had nothing that could be decoded. */
  #begin(index: number, columns: readonly Column[]): OpenResult {
    this.#end();
    for (let missing = this.#headers.length + this.#furtherResults; missing < index; missing += 1) {
      this.#start(missing, []);
      this.#end();
    }
    return this.#start(index, columns);
  }

  #start(index: number, columns: readonly Column[]): OpenResult {
    const commitment = this.#writer.commit(`results/${index}/definitions`, columns);
    const isFurther = index >= mostResults;
    if (isFurther) this.#further.append(leafHash(commitment));
    const tree = isFurther ? this.#further : new CompactTree();
    this.#open = { index, columns: columns.length, definitions: commitment.toString("hex"), tree, rows: 0, blocks: 0 };
    this.#clear(columns.length);
    return this.#open;
  }

  #end(): void {
    const open = this.#open;
    if (open === null) return;
    if (this.#blockRows > 0) this.#endBlock(open);
    this.#open = null;
    const { index, columns, rows, definitions, blocks, tree } = open;
    if (index >= mostResults) this.#furtherResults += 1;
    else this.#headers.push({ blocks, columns, definitions, root: tree.root().toString("hex"), rows });
  }

  #endBlock(open: OpenResult): void {
    for (const [column, values] of this.#block.entries()) {
      const path = `results/${open.index}/blocks/${open.blocks}/${column}`;
      open.tree.append(leafHash(this.#writer.commit(path, values)));
    }
    open.blocks += 1;
    this.#clear(open.columns);
  }

  #clear(columns: number): void {
    this.#block = Array.from({ length: columns }, () => []);
    this.#blockRows = 0;
    this.#blockLength = 0;
  }
}

function rowLength(values: readonly Value[]): number {
  let length = 0;
  for (const value of values) {
    const characters = lengthOf(value);
    if (characters <= longValue) length += characters;
  }
  return length;
}
