/** Holds the parts of one event against its leaf: all of them, once each, in order, and each the one that was committed to. */
import { type PartPlace, placeOf } from "../bundle/part-path.ts";
import type { LeafHeader } from "../events/leaf.ts";
import { GroupCheck, type PartGroup, partGroups } from "../events/leaf-parts.ts";
import type { DisclosedPart } from "./disclosed-part.ts";
import type { Leaf, StatementLeaf } from "./leaf.ts";
import { hasFormOf, isSegment } from "./part-shapes.ts";
import { ResultOrder } from "./result-order.ts";
import { ResultRows } from "./result-rows.ts";
import { BundleFault, type Place } from "./verdict.ts";

/** Takes the parts of one event as they come. Throws a `BundleFault`: `E_DISCLOSE`, or `E_TYPE` for what no reader could make sense of. */
export class EventParts {
  readonly #groups: Iterator<PartGroup>;
  readonly #results: StatementLeaf["results"];
  readonly #further: ResultOrder;
  #group: { readonly name: string; readonly check: GroupCheck } | null = null;
  #rows: ResultRows | null = null;
  /** Bytes of the statement's text that are not seen yet; `null` where some of it is withheld, or there is none. */
  #sqlBytes: number | null;

  constructor(leaf: Leaf) {
    this.#groups = partGroups(leaf as unknown as LeafHeader);
    const statement = leaf.kind === "statement" ? leaf : null;
    this.#results = statement?.results ?? [];
    this.#further = new ResultOrder(this.#results.length, statement?.furtherResults?.results ?? 0);
    this.#sqlBytes = statement?.sql?.bytes ?? null;
  }

  /** The next part of this event. */
  take(part: DisclosedPart, place: Place): void {
    const { path, commitment, isWithheld, value } = part;
    const at = placeOf(path);
    const check = this.#due(place);
    if (check === null || at === null) throw notThis(`the event has no part ${path}, or it was there before`, place);
    const due = check.due ?? this.#further.due(part, at);
    if (due !== path) throw notThis(`${path} is not the part that comes next, ${due}`, place);
    check.add(commitment);
    if (!isWithheld && !hasFormOf(at.kind, value)) throw new BundleFault("E_TYPE", `${path} has not the form of such a part`, place);
    this.#count(part, at, place);
    if (check.isComplete) this.#endGroup(place);
  }

  /** No more parts of this event come. `place`: of its leaf. */
  end(place: Place): void {
    const check = this.#due(place);
    if (check !== null) throw notThis(`its part ${check.due ?? "of further results"} is neither opened nor withheld`, place);
    if (this.#sqlBytes !== null && this.#sqlBytes !== 0) throw notThis("its text has another length than it says", place);
    if (!this.#further.isComplete) throw notThis("it has fewer results than it says", place);
  }

  /** The group that is not complete yet; `null` behind the last. */
  #due(place: Place): GroupCheck | null {
    while (this.#group === null) {
      const { value: group, done } = this.#groups.next();
      if (done === true) return null;
      this.#group = { name: group.path(0) ?? "of further results", check: new GroupCheck(group) };
      if (group.count === 0) this.#endGroup(place);
    }
    return this.#group.check;
  }

  #endGroup(place: Place): void {
    const group = this.#group;
    this.#group = null;
    if (group?.check.holds() === false) throw notThis(`its parts from ${group.name} on are not what the event committed to`, place);
    if (this.#rows?.isComplete === true) this.#rows = null;
  }

  /** Holds numbers that the leaf states against what is open. */
  #count({ path, isWithheld, value }: DisclosedPart, { kind, result }: PartPlace, place: Place): void {
    if (kind === "sql")
      this.#sqlBytes = isWithheld || this.#sqlBytes === null || !isSegment(value) ? null : this.#sqlBytes - Buffer.byteLength(value.text);
    const stated = this.#results[result];
    if (stated === undefined) return;
    if (kind === "definitions" && Array.isArray(value) && value.length !== stated.columns) {
      throw notThis(`${path} has not ${stated.columns} columns`, place);
    }
    if (kind !== "block") return;
    this.#rows ??= new ResultRows(stated);
    const problem = this.#rows.take(Array.isArray(value) ? value.length : null);
    if (problem !== null) throw notThis(`${path} ${problem}`, place);
  }
}

function notThis(reason: string, place: Place): BundleFault {
  return new BundleFault("E_DISCLOSE", reason, place);
}
