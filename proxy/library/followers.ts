import { FailureError, failureOf } from "../model/failure.ts";
import { allSessions, type ReadScope } from "../model/read-scope.ts";
import type { FromLibrary } from "./messages.ts";
import type { Search } from "./search.ts";
import type { TimelineRows } from "./timeline-rows.ts";

/** Ids that are looked at, and rows that are sent, at once. */
const idsAtOnce = 20_000;
const rowsAtOnce = 1000;

interface Follower {
  readonly filter: string;
  readonly scope: ReadScope;
  after: number;
  /** Whether the last number of matches that was sent counts them all. */
  counted: boolean;
}

/** Who hears of new statements that match a filter, and how far each has come. */
export class Followers {
  readonly #search: Search;
  readonly #rows: TimelineRows;
  readonly #send: (message: FromLibrary) => void;
  readonly #followers = new Map<number, Follower>();

  constructor(search: Search, rows: TimelineRows, send: (message: FromLibrary) => void) {
    this.#search = search;
    this.#rows = rows;
    this.#send = send;
  }

  /** Adds one who has seen everything up to id `after`; a filter that cannot be read fails it at once. */
  add(id: number, filter: string, after: number, newest: number, scope: ReadScope = allSessions): void {
    try {
      this.#search.query(filter, scope);
      if (after > newest) throw rebuilt();
      this.#followers.set(id, { filter, scope, after, counted: false });
    } catch (thrown) {
      this.#send({ kind: "failure", id, failure: failureOf(thrown) });
    }
  }

  remove(id: number): void {
    this.#followers.delete(id);
  }

  /** Whether somebody has not been told of all statements up to `newest`. */
  isBehind(newest: number): boolean {
    return [...this.#followers.values()].some(({ after }) => after < newest);
  }

  /** Sends to each the next rows up to `newest`. */
  send(newest: number): void {
    for (const [id, follower] of this.#followers) {
      try {
        if (follower.after < newest) this.#sendRows(id, follower, newest);
        else if (!follower.counted) this.#sendCount(id, follower);
      } catch (thrown) {
        this.#followers.delete(id);
        this.#send({ kind: "failure", id, failure: failureOf(thrown) });
      }
    }
  }

  /** Ends all: ids mean other statements from now on. */
  failAll(): void {
    const { code, message } = rebuilt();
    for (const id of this.#followers.keys()) this.#send({ kind: "failure", id, failure: { code, message } });
    this.#followers.clear();
  }

  #sendRows(id: number, follower: Follower, newest: number): void {
    const query = this.#search.query(follower.filter, follower.scope);
    const hi = Math.min(newest, follower.after + (query.all ? rowsAtOnce : idsAtOnce));
    const ids = query.ids(follower.after + 1, hi);
    const { total, exact } = this.#search.count(follower.filter, follower.scope);
    for (let from = 0; from < ids.length; from += rowsAtOnce) {
      const chunk = ids.slice(from, from + rowsAtOnce);
      this.#send({ kind: "followed", id, event: { rows: this.#rows.read(chunk), after: chunk.at(-1) ?? hi, total } });
    }
    follower.after = hi;
    follower.counted = exact;
  }

  /** Older matches may have been found since the last rows were sent. */
  #sendCount(id: number, follower: Follower): void {
    const { total, exact } = this.#search.count(follower.filter, follower.scope);
    if (!exact) return;
    follower.counted = true;
    this.#send({ kind: "followed", id, event: { rows: [], after: follower.after, total } });
  }
}

function rebuilt(): FailureError {
  return new FailureError("library-rebuilt", "The library was rebuilt, so the list has to be read anew.");
}
