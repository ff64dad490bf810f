import type { Value } from "../model/value.ts";
import type { ColumnDefinition } from "../protocol/column-definition.ts";
import { RecordingPass } from "../recording/recording-pass.ts";

/** Characters that wait to be written before more is read. */
const charactersAtOnce = 256 * 1024;

/** A piece of the JSON of a statement's results, or its end. */
type Piece =
  | { readonly kind: "text"; readonly seq: number; readonly text: string }
  | { readonly kind: "end"; readonly seq: number; readonly decodeFailed: string | null };

/** A second pass over a recording, which follows the one that lists statements and writes the rows of each, however many. */
export class StatementRows {
  readonly #pass: RecordingPass;
  #pieces: Piece[] = [];
  #characters = 0;
  /** The statement whose end is looked for; what comes before is of statements that nobody wants. */
  #awaited = 0;
  #answering = 0;
  /** Result sets of the statement that is being answered, and rows of the last of them. */
  #results = 0;
  #rows = 0;

  /** Throws where the file cannot be opened. */
  constructor(file: string) {
    this.#pass = new RecordingPass(
      file,
      {
        columns: (seq, _result, columns) => this.#columns(seq, columns),
        row: (seq, _result, row) => this.#row(seq, row.values()),
        statement: ({ seq, decodeFailed }) => this.#end(seq, decodeFailed),
      },
      false,
    );
  }

  /**
   * Writes the result sets of statement `seq`, a JSON array, piece by piece. Statements are to be asked for in the order
   * of their ends. Gives why something of it could not be decoded; `null` where all could.
   */
  async write(seq: number, write: (text: string) => Promise<void>): Promise<string | null> {
    await write("[");
    for (;;) {
      const pieces = this.#pieces;
      const end = pieces.findIndex((piece) => piece.kind === "end" && piece.seq === seq);
      this.#pieces = end < 0 ? [] : pieces.slice(end + 1);
      this.#characters = 0;
      const text = pieces
        .slice(0, end < 0 ? pieces.length : end)
        .flatMap((piece) => (piece.kind === "text" && piece.seq === seq ? piece.text : []));
      await write(text.join(""));
      const last = pieces[end];
      if (last?.kind === "end") {
        await write("]");
        return last.decodeFailed;
      }
      if (this.#read(seq)) return null;
    }
  }

  close(): void {
    this.#pass.close();
  }

  /** Reads on; true where there is nothing more. */
  #read(seq: number): boolean {
    this.#awaited = seq;
    const end = this.#pass.read(() => this.#awaited === 0 || this.#characters > charactersAtOnce);
    return end !== null && this.#pieces.length === 0;
  }

  #columns(seq: number, definitions: readonly ColumnDefinition[]): void {
    const columns = definitions.map(({ column: { name, type, orgTable } }) => ({ name, type, orgTable }));
    this.#add(seq, `${this.#results > 0 ? "]}," : ""}{"columns":${JSON.stringify(columns)},"rows":[`);
    this.#results += 1;
    this.#rows = 0;
  }

  #row(seq: number, values: readonly Value[] | null): void {
    if (this.#results === 0) return;
    this.#add(seq, `${this.#rows > 0 ? "," : ""}${JSON.stringify(values)}`);
    this.#rows += 1;
  }

  #end(seq: number, decodeFailed: string | null): void {
    // Commands that get no answer end while another is being answered.
    if (seq === this.#answering) {
      if (this.#results > 0) this.#add(seq, "]}");
      this.#results = 0;
    }
    this.#pieces.push({ kind: "end", seq, decodeFailed });
    if (seq === this.#awaited) this.#awaited = 0;
  }

  #add(seq: number, text: string): void {
    this.#answering = seq;
    if (this.#awaited !== 0 && this.#awaited !== seq) return;
    this.#pieces.push({ kind: "text", seq, text });
    this.#characters += text.length;
  }
}
