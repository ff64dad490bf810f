/** What a session's events say of it as a whole. */
import type { Actor } from "../../model/actor.ts";
import type { UnixMicros } from "../../model/value.ts";
import { type WithheldCounts, WithheldTally } from "../bundle/withheld-counts.ts";
import type { DisclosedPart } from "./disclosed-part.ts";
import type { CloseLeaf, Leaf, OpenLeaf } from "./leaf.ts";

export interface SessionFacts {
  readonly session: string;
  readonly connection: string;
  readonly actor: Actor;
  readonly account: string | null;
  readonly client: string;
  readonly host: string | null;
  readonly upstream: { readonly address: string; readonly version: string | null };
  readonly openedAt: UnixMicros;
  readonly closedAt: UnixMicros | null;
  readonly closeCause: string | null;
  readonly lastAt: UnixMicros;
  readonly events: number;
  readonly statements: number;
  readonly errors: number;
  readonly rows: number;
  /** Places where bytes are missing in the recording, and statements of which something is. */
  readonly gaps: number;
  readonly withheld: WithheldCounts;
}

/** Is told of a session's events and parts, and counts. */
export class FactsSoFar {
  #open: OpenLeaf | null = null;
  #close: CloseLeaf | null = null;
  #events = 0;
  #statements = 0;
  #errors = 0;
  #rows = 0;
  #gaps = 0;
  #lastAt = 0;
  readonly #withheld = new WithheldTally();

  part(part: DisclosedPart): void {
    if (part.isWithheld) this.#withheld.add(part);
  }

  leaf(leaf: Leaf): void {
    this.#events += 1;
    this.#lastAt = Math.max(this.#lastAt, leaf.at);
    if (leaf.kind === "open") this.#open = leaf;
    else if (leaf.kind === "close") this.#close = leaf;
    else if (leaf.kind === "gap") this.#gaps += 1;
    else if (leaf.kind === "statement") {
      this.#statements += 1;
      if (leaf.outcome === "error") this.#errors += 1;
      if (leaf.partial) this.#gaps += 1;
      this.#rows += leaf.rows ?? 0;
    }
  }

  /** `null` where there is no opening. */
  facts(): SessionFacts | null {
    if (this.#open === null) return null;
    const { session, connection, actor, account, client, host, upstream, acceptedAt } = this.#open;
    return {
      ...{ session, connection, actor, account, client, host },
      upstream: { address: upstream.address, version: upstream.version },
      openedAt: acceptedAt,
      closedAt: this.#close?.at ?? null,
      closeCause: this.#close?.cause ?? null,
      ...{ lastAt: this.#lastAt, events: this.#events, statements: this.#statements, errors: this.#errors, rows: this.#rows },
      ...{ gaps: this.#gaps, withheld: this.#withheld.counts },
    };
  }
}
