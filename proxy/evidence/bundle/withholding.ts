import type { Column } from "../../model/statement.ts";
import { WantedText } from "./holds-text.ts";
import { type PartPlace, placeOf } from "./part-path.ts";
import type { EventItem, PartItem, SessionSource } from "./session-items.ts";
import type { WithholdingRule } from "./withholding-rules.ts";

/** What is known of an event before its parts are written. */
const Known = {
  /** A rule names the statement. */
  whole: 1,
  /** Its text names the table of a withheld column. */
  names: 2,
  /** It does, and has a query in a query: what comes out may be called by the name of any column. */
  nested: 16,
  /** A text that is withheld lies across segments of its SQL. */
  across: 4,
  /** Something of it is withheld, so what quotes it is too. */
  touched: 8,
} as const;

/** A rule on a column, ready to be compared. */
interface WantedColumn {
  readonly schema: string | null;
  readonly table: string;
  readonly column: string;
  /** The table's name as a word, in whatever place of a statement. */
  readonly named: RegExp;
}

/**
 * Which parts of one session are withheld. It is made in a reading of its own, because what comes late in an event, such as
 * its number or its text, decides over what came before it.
 */
export class Withholding {
  readonly #texts: readonly WantedText[];
  readonly #columns: readonly WantedColumn[];
  readonly #statements: ReadonlySet<number>;
  readonly #allResults: boolean;
  readonly #allLiterals: boolean;
  /** By event number; a byte each, as there may be millions. */
  #known = new Uint8Array(1024);
  #anything = false;
  /** Of the event that is being read: its text so far, and for each result set whose columns are withheld, which. */
  #sql = "";
  #found = 0;
  #hits = new Map<number, readonly boolean[]>();
  #event = -1;
  /** Headers that hold a text that is to be withheld: headers are always open. */
  headersThatHold = 0;

  private constructor(rules: readonly WithholdingRule[], session: string) {
    this.#texts = rules.flatMap((rule) => (rule.kind === "literal" ? [new WantedText(rule.text)] : []));
    this.#columns = rules.flatMap((rule) => (rule.kind === "column" ? [wantedColumn(rule)] : []));
    this.#statements = new Set(rules.flatMap((rule) => (rule.kind === "statement" && rule.session === session ? [rule.seq] : [])));
    this.#allResults = rules.some(({ kind }) => kind === "results");
    this.#allLiterals = rules.some(({ kind }) => kind === "literals");
  }

  /** Reads the session once. Rejects with what reading it says. */
  static async of(source: SessionSource, rules: readonly WithholdingRule[], read: (bytes: number) => void): Promise<Withholding> {
    const plan = new Withholding(rules, source.session);
    if (rules.length === 0) return plan;
    for await (const { items, bytes } of source.read()) {
      for (const item of items) {
        if (item.kind === "part") plan.#learnPart(item);
        else plan.#learnEvent(item);
      }
      read(bytes);
    }
    return plan;
  }

  /** Whether anything of the session is withheld, or was before. */
  get anything(): boolean {
    return this.#anything;
  }

  /** Whether a part is withheld. Parts are asked for in their order, as the reading gives them. */
  withholds(part: PartItem): boolean {
    if (part.opened === null) return true;
    if (part.n !== this.#event) this.#begin(part.n);
    const place = placeOf(part.path);
    if (place === null) return false;
    return this.#hides(place, part.opened.value, this.#known[part.n] ?? 0);
  }

  #begin(n: number): void {
    this.#event = n;
    this.#hits = new Map();
    this.#sql = "";
    this.#found = 0;
  }

  #hides(place: PartPlace, value: unknown, known: number): boolean {
    if ((known & Known.whole) !== 0) return true;
    const names = (known & Known.names) !== 0;
    switch (place.kind) {
      case "sql":
        if ((known & Known.across) !== 0) return true;
        return ((names || this.#allLiterals) && mayHoldValues(value)) || this.#holds(value);
      case "params":
      case "attributes":
        return names || this.#allLiterals || this.#holds(value);
      case "definitions": {
        this.#hits.set(place.result, this.#columnHits(value, known));
        return this.#allResults || this.#holds(value) || ((names || this.#allLiterals) && !areNamesOfColumns(value));
      }
      case "block":
        return this.#allResults || (this.#hits.get(place.result)?.[place.column] ?? names) || this.#holds(value);
      case "details":
        return (known & Known.touched) !== 0 || this.#holds(value);
      case "value":
        return (this.#anything && isAnnotation(value)) || this.#holds(value);
      case "claimed":
      case "detail":
        return this.#holds(value);
      default:
        return place.kind satisfies never;
    }
  }

  #learnPart(part: PartItem): void {
    if (part.n !== this.#event) this.#begin(part.n);
    if (part.opened === null) {
      this.#found |= Known.touched;
      return;
    }
    const place = placeOf(part.path);
    if (place === null) return;
    const { value } = part.opened;
    if (place.kind === "sql" && isSegment(value)) {
      if (this.#texts.some((text) => text.liesAcross(this.#sql, value.text))) this.#found |= Known.across | Known.touched;
      this.#sql += value.text;
    }
    const hidden = place.kind !== "details" && place.kind !== "value" && this.#hides(place, value, 0);
    if (hidden) this.#found |= Known.touched;
    if (place.kind === "definitions" && this.#hits.get(place.result)?.includes(true) === true) this.#found |= Known.touched;
    if (place.kind === "value" && this.#holds(value)) this.#found |= Known.touched;
  }

  #learnEvent({ n, header }: EventItem): void {
    if (n !== this.#event) this.#begin(n);
    let known = this.#found;
    if (header.kind === "statement" && this.#statements.has(header.seq)) known |= Known.whole | Known.touched;
    if (this.#columns.some(({ named }) => named.test(this.#sql)) || (this.#columns.length > 0 && isUnknown(header))) {
      known |= Known.names | Known.touched | (isNested(this.#sql) || isUnknown(header) ? Known.nested : 0);
    }
    if (this.#texts.some((text) => holdsOpenly(header, text))) this.headersThatHold += 1;
    if ((known & Known.touched) !== 0) this.#anything = true;
    if (n >= this.#known.length) {
      const longer = new Uint8Array(Math.max(n + 1, this.#known.length * 2));
      longer.set(this.#known);
      this.#known = longer;
    }
    this.#known[n] = known;
    this.#begin(-1);
  }

  /** For each column of a result set, whether its cells are withheld. */
  #columnHits(definitions: unknown, known: number): boolean[] {
    if (!Array.isArray(definitions)) return [];
    const names = (known & Known.names) !== 0;
    const nested = (known & Known.nested) !== 0;
    return definitions.map(
      (column: Column) => nested || this.#columns.some((wanted) => isFrom(column, wanted)) || (names && !isKnownColumn(column)),
    );
  }

  #holds(value: unknown): boolean {
    return this.#texts.some((text) => text.within(value));
  }
}

function wantedColumn({ schema, table, column }: { schema: string | null; table: string; column: string }): WantedColumn {
  const escaped = table.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&").replaceAll("`", "`{1,2}");
  const named = new RegExp(`(?<![\\p{L}\\p{N}_$])${escaped}(?![\\p{L}\\p{N}_$])`, "iu");
  return { schema: schema?.toLowerCase() ?? null, table: table.toLowerCase(), column: column.toLowerCase(), named };
}

function isFrom({ schema, orgTable, orgName }: Column, wanted: WantedColumn): boolean {
  if (orgTable.toLowerCase() !== wanted.table || orgName.toLowerCase() !== wanted.column) return false;
  return wanted.schema === null || schema === "" || schema.toLowerCase() === wanted.schema;
}

/** Whether the server says of which column of which table it is: an expression and a derived table may hold anything. */
function isKnownColumn({ schema, orgTable, orgName }: Column): boolean {
  return schema !== "" && orgTable !== "" && orgName !== "";
}

/** Whether a statement may name any table: its text is too long to be all here, or it has none and brought or got values. */
function isUnknown(header: EventItem["header"]): boolean {
  if (header.kind !== "statement") return false;
  const { sql, params, results } = header;
  return sql === null ? params !== null || results.length > 0 : sql.cutFrom !== null;
}

/** Whether a text has more than one query in it, or may have. */
function isNested(sql: string): boolean {
  return (sql.match(/(?<![\p{L}\p{N}_$])(select|with|table|values)(?![\p{L}\p{N}_$])/giu)?.length ?? 0) > 1;
}

/** Whether all names are those of the columns: another name may quote a literal, as that of `SELECT 'secret'` does. */
function areNamesOfColumns(definitions: unknown): boolean {
  return Array.isArray(definitions) && definitions.every((column: Column) => isKnownColumn(column) && column.name === column.orgName);
}

function isSegment(value: unknown): value is { readonly literal: boolean; readonly text: string } {
  return typeof value === "object" && value !== null && "literal" in value && "text" in value && typeof value.text === "string";
}

/** Whether there are values in a piece of SQL: it is a literal, or has a comment in it, where anything may stand. */
function mayHoldValues(value: unknown): boolean {
  return !isSegment(value) || value.literal || /\/\*|--|#/.test(value.text);
}

function isAnnotation(value: unknown): boolean {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "annotation";
}

/** Whether a text stands in a header, which is open in any case; digests hold nothing. */
function holdsOpenly(value: unknown, text: WantedText): boolean {
  if (typeof value === "string") return !/^[0-9a-f]{64}$/.test(value) && text.in(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((each) => holdsOpenly(each, text));
}

/** What is withheld of each session. `read` hears how many bytes of all sources have been read for it. */
export async function withholdingsOf(
  sources: readonly SessionSource[],
  rules: readonly WithholdingRule[],
  read: (bytes: number) => void,
): Promise<Withholding[]> {
  const found: Withholding[] = [];
  let before = 0;
  for (const source of sources) {
    found.push(await Withholding.of(source, rules, (bytes) => read(before + bytes)));
    before += source.bytes;
  }
  return found;
}
