import type { Library } from "../../../proxy/api/core.ts";
import type { FollowListener, LibraryReader } from "../../../proxy/library/library-client.ts";
import type { LibraryCallName, LibraryInput, LibraryOutput } from "../../../proxy/library/messages.ts";
import { FailureError } from "../../../proxy/model/failure.ts";
import type { ReadScope } from "../../../proxy/model/read-scope.ts";
import type { Session } from "../../../proxy/model/session.ts";
import type { LibraryState } from "../../../proxy/model/status.ts";
import type { TimelineRow } from "../../../proxy/model/timeline-row.ts";

/** A library that holds rows in memory, and counts what it is asked. */
export class FakeLibrary implements Library, LibraryReader {
  state: LibraryState = { state: "current", lagBytes: 0, lagMs: 0, statements: 0, sessions: 0, message: null };
  readonly rows: TimelineRow[] = [];
  follows = 0;
  readonly #follows = new Set<{ after: number; readonly listener: FollowListener }>();
  readonly #stateListeners = new Set<(state: LibraryState) => void>();
  readonly #sessionListeners = new Set<(sessions: readonly Session[]) => void>();

  /** Scopes of the readers that were asked for. */
  readonly scopes: ReadScope[] = [];

  within(scope: ReadScope): LibraryReader {
    this.scopes.push(scope);
    return this;
  }

  reindex(): Promise<Record<string, never>> {
    return this.call("library.reindex", {});
  }

  call<N extends LibraryCallName>(name: N, _input: LibraryInput<N>): Promise<LibraryOutput<N>> {
    return Promise.reject(new FailureError("no-such-session", `The fake library does not answer ${name}.`));
  }

  follow(_filter: string, after: number, listener: FollowListener): () => void {
    this.follows += 1;
    const follow = { after, listener };
    this.#follows.add(follow);
    queueMicrotask(() => this.#deliver(follow));
    return () => this.#follows.delete(follow);
  }

  get followers(): number {
    return this.#follows.size;
  }

  onState(listener: (state: LibraryState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  onSessions(listener: (sessions: readonly Session[]) => void): () => void {
    this.#sessionListeners.add(listener);
    return () => this.#sessionListeners.delete(listener);
  }

  setState(state: LibraryState): void {
    this.state = state;
    for (const listener of this.#stateListeners) listener(state);
  }

  announce(sessions: readonly Session[]): void {
    for (const listener of this.#sessionListeners) listener(sessions);
  }

  /** A statement was indexed: one batch of one row for each follower. */
  arrive(sql = "SELECT 1"): void {
    this.rows.push(timelineRow(this.rows.length + 1, sql));
    for (const follow of this.#follows) this.#deliver(follow);
  }

  fail(code: string, message: string): void {
    for (const follow of this.#follows) follow.listener.failed({ code, message });
    this.#follows.clear();
  }

  #deliver(follow: { after: number; readonly listener: FollowListener }): void {
    for (const row of this.rows.filter((candidate) => candidate.id > follow.after)) {
      if (!this.#follows.has(follow)) return;
      follow.after = row.id;
      follow.listener.followed({ rows: [row], after: row.id, total: this.rows.length });
    }
  }
}

function timelineRow(id: number, sql: string): TimelineRow {
  return {
    id,
    session: "0198c7a2-0000-7000-8000-000000000001",
    seq: id,
    at: 1_700_000_000_000_000 + id,
    actor: "ada",
    actorKind: "os-user",
    actorOwner: null,
    authenticated: false,
    connection: "shop",
    account: "app",
    command: "COM_QUERY",
    sql,
    summary: null,
    outcome: "ok",
    rows: 1,
    affected: null,
    errno: null,
    message: null,
    durationUs: 100,
    firstByteUs: 90,
    bytesIn: 20,
    bytesOut: 60,
    partial: false,
    redacted: 0,
  };
}
