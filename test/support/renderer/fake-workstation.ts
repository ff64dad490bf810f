import { snippetsOf } from "../../../proxy/api/connections/snippets.ts";
import type {
  ConnectionListed,
  FromClient,
  FromCore,
  MessageChannel,
  SessionListed,
  StatementDetail,
  StatusEvent,
  TimelineRow,
} from "../../../proxy/api/contract.ts";
import { noIdentitySettings } from "../../../proxy/identity/identity-settings.ts";
import { extremeCells, extremeDetail, extremeRow } from "./extreme-statements.ts";
import {
  type FakePerson,
  fakeIdentity,
  fakeIdentitySettings,
  fakeMachines,
  fakeSessionActor,
  fakeSignIns,
  withFakeActor,
} from "./fake-identity.ts";
import { fakeDetail, fakeResultRow, fakeRow } from "./fake-statements.ts";

/** What a fake core pretends. */
export interface FakeSettings {
  readonly statements: number;
  /** Statements that arrive per second. */
  readonly arrivals: number;
  readonly connections: readonly ConnectionListed[];
  readonly recording: StatusEvent["recording"];
  readonly deviceLog: StatusEvent["evidence"]["deviceLog"];
  /** Milliseconds until a page of statements is answered. */
  readonly delayMs: number;
  /** Whether the last statements are ones that strain the look of things. */
  readonly extremes: boolean;
  readonly person: FakePerson;
}

export const fakeConnection: ConnectionListed = {
  id: "shop",
  name: "Shop, staging",
  listen: { host: "127.0.0.1", port: 3307 },
  upstream: { host: "db.staging.example", port: 3306 },
  auth: "mapped",
  identity: "os-user",
  upstreamUser: "app",
  clientUser: "steno",
  upstreamTls: "verify-identity",
  upstreamCa: null,
  upstreamCompression: "off",
  proxyProtocol: "off",
  clientTls: "optional",
  durability: "os",
  hasUpstreamPassword: true,
  hasUpstreamPassword2: false,
  hasUpstreamPassword3: false,
  hasClientPassword: true,
  listener: { state: "listening", address: "127.0.0.1", port: 3307 },
};

/**
 * A core that exists only in the page: it answers the contract with made-up statements. For looking at the user
 * interface and for tests of it, never shipped.
 */
export class FakeWorkstation {
  readonly #settings: FakeSettings;
  readonly #base: number;
  #total: number;
  /** User name of the credential that was made. */
  #minted: string | null = null;
  #connections: ConnectionListed[];

  constructor(settings: FakeSettings) {
    this.#settings = settings;
    this.#total = settings.statements;
    this.#connections = [...settings.connections];
    this.#base = (Date.now() - 20_000) * 1000 - settings.statements * 41_000;
  }

  /** A channel to this core. */
  readonly open = (): Promise<MessageChannel<FromClient, FromCore>> => {
    const timers = new Map<number, ReturnType<typeof setInterval>>();
    let hear: (message: FromCore) => void = () => undefined;
    const reply = (message: FromCore): void => queueMicrotask(() => hear(message));
    return Promise.resolve({
      send: (message) => {
        if (message.kind === "call") {
          performance.mark(message.name);
          const answer = this.#answer(message.id, message.name, message.input as never);
          if (message.name === "statements.page" && this.#settings.delayMs > 0) setTimeout(() => hear(answer), this.#settings.delayMs);
          else reply(answer);
        } else if (message.kind === "subscribe") this.#subscribe(message, reply, timers);
        else if (message.kind === "cancel") clearInterval(timers.get(message.id));
      },
      onMessage: (listener) => {
        hear = listener;
      },
      onClose: () => undefined,
      close: () => {
        for (const timer of timers.values()) clearInterval(timer);
      },
    });
  };

  #row(index: number): TimelineRow {
    if (this.#settings.extremes) return extremeRow(index, this.#settings.statements, this.#base);
    return withFakeActor(fakeRow(index, this.#base), this.#settings.person);
  }

  #subscribe(
    message: Extract<FromClient, { kind: "subscribe" }>,
    reply: (message: FromCore) => void,
    timers: Map<number, ReturnType<typeof setInterval>>,
  ): void {
    if (message.name === "status") {
      const say = (): void => reply({ kind: "event", id: message.id, event: this.#status() });
      say();
      if (this.#settings.arrivals > 0) timers.set(message.id, setInterval(say, 1_000));
    }
    if (message.name === "identity") reply({ kind: "event", id: message.id, event: fakeIdentity(this.#settings.person) });
    if (message.name !== "statements.follow" || this.#settings.arrivals === 0) return;
    let fraction = 0;
    const timer = setInterval(() => {
      fraction += this.#settings.arrivals / 20;
      const arrived = Math.floor(fraction);
      fraction -= arrived;
      if (arrived === 0) return;
      const rows = Array.from({ length: arrived }, (_, place) => this.#row(this.#total + place));
      this.#total += arrived;
      reply({ kind: "event", id: message.id, event: { rows, after: this.#total, total: this.#total } });
    }, 50);
    timers.set(message.id, timer);
  }

  #answer(id: number, name: string, input: Record<string, never>): FromCore {
    const output = this.#output(name, input as Record<string, unknown>);
    if (output === undefined) return { kind: "failure", id, failure: { code: "fake", message: `The fake core does not know ${name}.` } };
    return { kind: "answer", id, output };
  }

  #output(name: string, input: Record<string, unknown>): unknown {
    switch (name) {
      case "app.info":
        return {
          version: "0.1.0",
          host: "browser",
          dataDirectory: "/home/maria/.local/share/stenograph",
          actor: { kind: "os-user", name: "maria", authenticated: false },
          clientCaFile: "/home/maria/.local/share/stenograph/client-ca.pem",
          demo: true,
        };
      case "status.get":
        return this.#status();
      case "statements.page":
        return this.#page(String(input.filter), Number(input.offset), Number(input.limit));
      case "statements.histogram":
        return this.#histogram(input.from as number | null, input.to as number | null, Number(input.buckets));
      case "statements.claimNames":
        return { names: ["program_name", "_client_name", "_os", "controller", "traceparent"] };
      case "statements.get":
        return this.#detail(this.#find(String(input.session), Number(input.seq)));
      case "statements.rows":
        return this.#rows(input);
      case "sessions.list":
        return { sessions: [0, 1, 2].map((which) => this.#session(which)), more: false };
      case "sessions.get":
        return this.#session(Number(String(input.session).slice(-12)));
      case "connections.list":
        return { connections: this.#connections };
      case "connections.save": {
        const saved = { ...fakeConnection, ...(input.connection as object), listener: { state: "stopped" } } as ConnectionListed;
        this.#connections = [...this.#connections.filter((connection) => connection.id !== saved.id), saved];
        return saved;
      }
      case "connections.remove":
        this.#connections = this.#connections.filter((connection) => connection.id !== input.id);
        return {};
      case "connections.test":
        return {
          ok: true,
          message: "The server (9.7.0) accepted the sign-in over TLSv1.3.",
          upstreamVersion: "9.7.0",
          tls: { version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384" },
        };
      case "connections.snippets": {
        const connection = this.#connections.find(({ id }) => id === input.id) ?? fakeConnection;
        return { snippets: snippetsOf(connection, 3307, null, this.#minted) };
      }
      case "identity.get":
        return fakeIdentity(this.#settings.person);
      case "identity.signIns":
        return { signIns: fakeSignIns(this.#settings.person) };
      case "identity.endSignIn":
        return {};
      case "identity.settings":
        return this.#settings.person === "nobody" ? noIdentitySettings : fakeIdentitySettings;
      case "identity.saveSettings":
        return input;
      case "identity.testSettings":
        return {
          ok: true,
          message: "https://id.example.com/realms/shop answers and offers sign-in. Sign-ins are renewed while the program runs.",
        };
      case "credentials.list":
        return { credentials: [] };
      case "credentials.mint": {
        const now = Date.now() * 1000;
        this.#minted = "dana-beck-k7mq2x";
        const credential = {
          id: "c1",
          connection: String(input.connection),
          user: this.#minted,
          mintedAt: now,
          until: now + 3_600e6,
        };
        return { credential, password: "Zq3vYt8LwN1cRk5BpX0aHs7JdUe4MgTi" };
      }
      case "machines.list":
        return { machines: fakeMachines };
      case "machines.rotate":
      case "machines.register":
        return { machine: fakeMachines[0], secret: { user: "web-shop-7kq2xd", secret: "p0Wd8nV2yQ6tLk1ZrB5xGm9CfJs3HuAe" } };
      default:
        return undefined;
    }
  }

  /** A window of all statements, or of one session's: the only filter that is heeded. Every third is of one session. */
  #page(filter: string, offset: number, limit: number): unknown {
    const session = /^session:[\w-]*(\d)$/.exec(filter)?.[1];
    const [first, every] = session === undefined ? [0, 1] : [Number(session), 3];
    const total = Math.ceil((this.#total - first) / every);
    const from = offset < 0 ? Math.max(0, total + offset) : offset;
    const count = Math.max(0, Math.min(limit, total - from));
    const rows = Array.from({ length: count }, (_, place) => this.#row(first + (from + place) * every));
    return { rows, offset: from, total, totalExact: true };
  }

  #detail(row: TimelineRow): StatementDetail {
    return this.#settings.extremes ? extremeDetail(row, this.#settings.statements) : fakeDetail(row);
  }

  #rows(input: Record<string, unknown>): unknown {
    const statement = this.#find(String(input.session), Number(input.seq));
    const from = Number(input.from);
    const count = Math.max(0, Math.min(Number(input.limit), (statement.rows ?? 0) - from));
    const rows = Array.from({ length: count }, (_, place) => {
      const own = this.#settings.extremes ? extremeCells(statement, this.#settings.statements, from + place) : null;
      return own ?? fakeResultRow(from + place, Number(input.cellLimit));
    });
    return { rows, more: from + count < (statement.rows ?? 0) };
  }

  #find(session: string, seq: number): TimelineRow {
    return this.#row((seq - 1) * 3 + Number(session.slice(-12)));
  }

  /** Statements come evenly, every eighth fails: counted without making them up, which would cost the page's own time. */
  #histogram(from: number | null, to: number | null, buckets: number): unknown {
    const [oldest, newest] = [this.#base, this.#base + this.#total * 41_000];
    const [first, last] = [from ?? oldest, to ?? newest];
    const width = (last - first) / buckets;
    const counts = Array.from({ length: buckets }, (_, place) => {
      const at = Math.round(first + place * width);
      const count = Math.max(0, Math.round((Math.min(at + width, newest) - Math.max(at, oldest)) / 41_000));
      return { at, count, errors: Math.round(count * (0.05 + 0.15 * Math.abs(Math.sin(at / 7_000_000)))) };
    });
    return { from: first, to: last, buckets: counts };
  }

  #session(which: number): SessionListed {
    const first = this.#row(which);
    return {
      id: first.session,
      connection: "shop",
      actor: fakeSessionActor(which, first.actor, this.#settings.person),
      account: "app@%",
      accounts: which === 2 ? ["app@%", "reports@%"] : ["app@%"],
      schema: "shop",
      client: `127.0.0.1:${51_200 + which}`,
      credential: null,
      process: { pid: 4127, program: "/usr/bin/node", user: "maria" },
      claimed: { program_name: "checkout", _client_name: "mysql2", _pid: "4127" },
      startedAt: first.at - 900,
      endedAt: which === 0 ? null : Math.max(first.at, this.#row(this.#total - 1).at),
      closeCause: which === 0 ? null : which === 1 ? "client-quit" : "upstream-reset",
      closeDetail: which === 2 ? "read ECONNRESET" : null,
      statements: Math.floor(this.#total / 3),
      errors: Math.floor(this.#total / 24),
      upstreamAddress: "10.20.0.5:3306",
      upstreamVersion: "9.7.0",
      threadId: 4711 + which,
      tls: { client: null, upstream: { version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384" } },
      sealed: which !== 0,
    };
  }

  #status(): StatusEvent {
    const readsAll = ["nobody", "auditor"].includes(this.#settings.person);
    return {
      recording: this.#settings.recording,
      evidence: {
        key: { keyId: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", kept: "disk" },
        deviceLog: this.#settings.deviceLog,
        witness: { state: "off" },
      },
      library: {
        state: "current",
        lagBytes: 0,
        lagMs: 0,
        statements: readsAll ? this.#total : null,
        sessions: readsAll ? 3 : null,
        message: null,
      },
      openSessions: readsAll ? 1 : null,
      listeners: Object.fromEntries(this.#connections.map((connection) => [connection.id, connection.listener])),
    };
  }
}
