import { FailureError, failureOf } from "../model/failure.ts";
import type { ReadScope } from "../model/read-scope.ts";
import type { Session } from "../model/session.ts";
import type { LibraryState } from "../model/status.ts";
import { type AskedCall, CallQueue } from "./call-queue.ts";
import { claimNames } from "./claim-table.ts";
import { Followers } from "./followers.ts";
import { histogram } from "./histogram.ts";
import { inTurns } from "./in-turns.ts";
import { Indexing, type IndexingEvents } from "./indexing.ts";
import type { FromLibrary, LibraryCallName, LibraryCalls, LibraryThreadOptions, ToLibrary } from "./messages.ts";
import { isCurrent, type LibraryDatabase, openLibrary } from "./schema.ts";
import { type BeginSealing, Sealer } from "./sealer.ts";
import { Search } from "./search.ts";
import { SessionTable } from "./session-table.ts";
import { SettledWait } from "./settled-wait.ts";
import { Signing } from "./signing.ts";
import { StatementView } from "./statement-view.ts";
import { TimelineRows } from "./timeline-rows.ts";

const tickMs = 50;
const stateEveryMs = 200;

/** How long closing goes on indexing before the rest is left to the next start. */
const closeMs = 3000;

/** What reads the tables; made anew with them. */
interface Readers {
  readonly sessions: SessionTable;
  readonly search: Search;
  readonly followers: Followers;
  readonly statements: StatementView;
}

type CallHandlers = {
  [N in LibraryCallName]: (
    input: LibraryCalls[N]["input"],
    scope: ReadScope,
    signal: AbortSignal,
  ) => LibraryCalls[N]["output"] | Promise<LibraryCalls[N]["output"]>;
};

/** The library's thread: indexes in short slices, and answers between them. */
export class LibraryWorker {
  readonly #options: LibraryThreadOptions;
  readonly #send: (message: FromLibrary) => void;
  readonly #database: LibraryDatabase;
  readonly #indexing: Indexing;
  readonly #signing: Signing;
  readonly #sealer: Sealer | null;
  readonly #settled: SettledWait;
  readonly #asked: CallQueue;
  #readers: Readers | null = null;
  #newest = 0;
  #version = -1;
  #timer: NodeJS.Timeout;
  #turn: NodeJS.Immediate | null = null;
  #lastState = "";
  #nextState = 0;
  #rebuilt: { resolve: () => void; reject: (failure: Error) => void } | null = null;
  #closed = false;
  #woken: (() => void) | null = null;

  /** `beginSealing`: how recordings are sealed here, where this process seals. */
  constructor(options: LibraryThreadOptions, send: (message: FromLibrary) => void, beginSealing: BeginSealing | null = null) {
    this.#options = options;
    this.#send = send;
    this.#signing = new Signing(send);
    this.#sealer = beginSealing === null || options.seals !== true ? null : this.#newSealer(beginSealing);
    this.#database = openLibrary(options.dataDirectory);
    this.#asked = new CallQueue((call, signal) => this.#answer(call, signal), send);
    const events: IndexingEvents = {
      indexed: ({ newest, sessions }) => {
        this.#arrived(newest);
        this.#announceSessions(sessions);
      },
      recreated: () => this.#makeReaders(),
    };
    this.#indexing = new Indexing(this.#database, options, events, this.#sealer);
    this.#settled = new SettledWait(options.dataDirectory);
    this.#indexing.look(performance.now());
    this.#makeReaders();
    this.#timer = setInterval(() => this.#tick(), tickMs);
    this.#tick();
  }

  /** Takes one message of the main thread. */
  receive(message: ToLibrary): void {
    switch (message.kind) {
      case "call":
        this.#asked.add(message);
        return;
      case "cancel":
        this.#asked.cancel(message.id);
        return;
      case "follow":
        this.#follow(message.id, message.filter, message.after, message.scope);
        break;
      case "unfollow":
        this.#readers?.followers.remove(message.id);
        return;
      case "growth":
        this.#indexing.grew(message.recordings);
        break;
      case "seal-signed":
        this.#signing.signed(message.id, message.signatures);
        return;
      case "seal-not-signed":
        this.#signing.notSigned(message.id, message.failure);
        return;
      case "close":
        void this.#close();
        return;
      default:
        message satisfies never;
    }
    this.#schedule();
  }

  readonly #calls: CallHandlers = {
    "sessions.list": ({ beforeStartedAt, limit }, scope) =>
      this.#read().sessions.list(beforeStartedAt ?? Number.MAX_SAFE_INTEGER, limit, scope),
    "sessions.get": ({ session }, scope) => this.#readable(session, scope),
    "statements.page": (input, scope) => {
      const page = this.#read().search.page(input, scope);
      this.#schedule();
      return page;
    },
    "statements.histogram": (input, scope, signal) =>
      inTurns(histogram(this.#database, this.#read().search.query(input.filter, scope), input, this.#newest), signal),
    "statements.claimNames": (_input, scope) => {
      this.#read();
      return { names: claimNames(this.#database, scope) };
    },
    "statements.get": ({ session, seq }, scope, signal) => {
      this.#readable(session, scope);
      return this.#read().statements.detail(session, seq, signal);
    },
    "statements.rows": (input, scope, signal) => {
      this.#readable(input.session, scope);
      return this.#read().statements.rows(input, signal);
    },
    "library.settled": async () => {
      this.#indexing.list();
      this.#schedule();
      await this.#settled.wait(this.#database);
      return {};
    },
    "library.reindex": () => this.#reindex(),
  };

  #answer({ name, input, scope }: AskedCall, signal: AbortSignal): unknown {
    const handle = this.#calls[name] as (input: unknown, scope: ReadScope, signal: AbortSignal) => unknown;
    return handle(input, scope, signal);
  }

  #read(): Readers {
    if (this.#readers === null) {
      throw new FailureError("library-not-ready", "The library is being prepared by another process. Try again in a moment.");
    }
    return this.#readers;
  }

  /** The session; one that may not be read is not there for who asks. Throws a `FailureError` (`not-found`). */
  #readable(session: string, scope: ReadScope): Session {
    const found = this.#read().sessions.get(session, scope);
    if (found === null) throw new FailureError("not-found", `There is no session ${session} in the library.`);
    return found;
  }

  #follow(id: number, filter: string, after: number, scope: ReadScope): void {
    try {
      this.#read().followers.add(id, filter, after, this.#newest, scope);
    } catch (thrown) {
      this.#send({ kind: "failure", id, failure: failureOf(thrown) });
    }
  }

  #reindex(): Promise<Record<string, never>> {
    if (!this.#indexing.active) {
      throw new FailureError(
        "library-busy",
        "Another running Stenograph keeps the library of this data directory up to date. Stop it, or rebuild the library there.",
      );
    }
    this.#rebuilt?.reject(new FailureError("superseded", "The library was asked to be rebuilt again."));
    const { promise, resolve, reject } = Promise.withResolvers<Record<string, never>>();
    this.#rebuilt = { resolve: () => resolve({}), reject };
    this.#indexing.rebuild();
    this.#schedule();
    return promise;
  }

  /** Makes what reads the tables, where there are tables of the right version. */
  #makeReaders(): void {
    this.#readers?.followers.failAll();
    this.#readers = null;
    if (!isCurrent(this.#database)) return;
    const rows = new TimelineRows(this.#database);
    const search = new Search(this.#database, rows, () => this.#newest);
    this.#newest = this.#newestId();
    this.#readers = {
      sessions: new SessionTable(this.#database),
      search,
      followers: new Followers(search, rows, this.#send),
      statements: new StatementView(this.#database, this.#options.dataDirectory, rows),
    };
  }

  #newestId(): number {
    return (this.#database.prepare("SELECT max(id) FROM statements").pluck().get() as number | null) ?? 0;
  }

  #arrived(newest: number): void {
    if (newest === this.#newest) return;
    this.#newest = newest;
    this.#send({ kind: "indexed", newest });
  }

  #announceSessions(ids: readonly string[]): void {
    const sessions = ids.map((id) => this.#readers?.sessions.get(id) ?? null).filter((session) => session !== null);
    if (sessions.length > 0) this.#send({ kind: "sessions", sessions });
  }

  #tick(): void {
    const now = performance.now();
    this.#indexing.look(now);
    if (!this.#indexing.active) this.#readOthersWork();
    this.#announceState(now);
    this.#schedule();
  }

  /** Another process indexes: sees what it wrote. */
  #readOthersWork(): void {
    const version = this.#database.pragma("data_version", { simple: true }) as number;
    if (version === this.#version) return;
    this.#version = version;
    if (this.#readers === null || !isCurrent(this.#database)) this.#makeReaders();
    if (this.#readers === null) return;
    const newest = this.#newestId();
    if (newest < this.#newest) this.#makeReaders();
    else this.#arrived(newest);
    this.#announceSessions(this.#readers.sessions.list(Number.MAX_SAFE_INTEGER, 20).sessions.map(({ id }) => id));
    this.#settled.check(this.#database);
  }

  #schedule(): void {
    if (this.#turn === null && !this.#closed) this.#turn = setImmediate(() => this.#work());
  }

  /** One turn: some indexing, what followers wait for, and a little of the searches that are not finished. */
  #work(): void {
    this.#turn = null;
    const now = performance.now();
    let more = this.#indexing.work(now);
    if (this.#readers !== null) {
      const { followers, search } = this.#readers;
      followers.send(this.#newest);
      if (search.hasWork) search.work();
      more ||= followers.isBehind(this.#newest) || search.hasWork;
    }
    this.#settled.check(this.#database);
    this.#announceState(now);
    if (more) this.#schedule();
  }

  #announceState(now: number): void {
    const current = this.#indexing.state();
    if (this.#rebuilt !== null && current.state !== "rebuilding") {
      this.#rebuilt.resolve();
      this.#rebuilt = null;
      this.#nextState = 0;
    }
    if (now < this.#nextState) return;
    this.#nextState = now + stateEveryMs;
    const progress = this.#indexing.progress();
    if (progress !== null) this.#send({ kind: "rebuilding", progress });
    const sessions = isCurrent(this.#database) ? (this.#database.prepare("SELECT count(*) FROM sessions").pluck().get() as number) : 0;
    const state: LibraryState = { ...current, statements: this.#newest, sessions };
    const text = JSON.stringify(state);
    if (text === this.#lastState) return;
    this.#lastState = text;
    this.#send({ kind: "state", state });
  }

  #newSealer(begin: BeginSealing): Sealer {
    return new Sealer({
      begin,
      sign: (seal) => this.#signing.ask(seal),
      wake: () => this.#wake(),
      sealed: (recording, seal) => {
        this.#indexing.sealed(recording);
        if (seal !== null) this.#send({ kind: "sealed", ...recording, seal });
      },
    });
  }

  /** Signatures have come; while closing, who waits for them goes on. */
  #wake(): void {
    this.#woken?.();
    this.#schedule();
  }

  /** Indexes and seals what is there, for a limited time, and ends. */
  async #close(): Promise<void> {
    this.#closed = true;
    this.#asked.close();
    clearInterval(this.#timer);
    if (this.#turn !== null) clearImmediate(this.#turn);
    const until = performance.now() + closeMs;
    for (let left = closeMs; left > 0; left = until - performance.now()) {
      if (this.#indexing.work(performance.now())) continue;
      if (this.#sealer?.waits !== true) break;
      await this.#signatures(left);
    }
    this.#sealer?.close();
    this.#indexing.close();
    this.#database.close();
    this.#send({ kind: "closed" });
  }

  /** Waits for signatures, for `ms` at most. */
  #signatures(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const limit = setTimeout(resolve, ms);
      this.#woken = () => {
        clearTimeout(limit);
        resolve();
      };
    });
  }
}
