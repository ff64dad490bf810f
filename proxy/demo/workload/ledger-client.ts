/** A MySQL client that keeps a ledger: mysql2, with one command on the wire for each call. */
import { type Connection, createConnection, type FieldPacket, type PrepareStatementInfo, type QueryError } from "mysql2";
import { FailureError } from "../../model/failure.ts";
import type { Value } from "../../model/value.ts";
import type { ExpectedActor, LedgerEntry, LedgerResult, SessionLedger } from "./ledger.ts";
import { ledgerColumn, rawText, receivedValue } from "./received-value.ts";

export interface ClientAddress {
  readonly host: string;
  readonly port: number;
  readonly schema: string;
}

export interface ClientTarget extends ClientAddress {
  readonly user: string;
  readonly password: string;
  /**
   * Set where the password is a provider's token: it is sent as it is, over TLS alone, to a server whose certificate this
   * authority issued. PEM text.
   */
  readonly tokenFor?: string;
  /** Whose credential it is. */
  readonly actor: ExpectedActor;
}

export interface ClientIdentity {
  /** In words, for the ledger. */
  readonly client: string;
  /** Connection attributes: what the program says of itself. */
  readonly attributes: { readonly [name: string]: string };
}

/** What an application binds to a parameter. */
export type Bound = string | number | null | Buffer;

/** Where a call ends: mysql2's callback, for all kinds of commands. */
type Answered = (error: QueryError | null, rows?: unknown, fields?: readonly FieldPacket[]) => void;

type Sent = Pick<LedgerEntry, "command" | "sql" | "params">;

const options = { rowsAsArray: true, supportBigNumbers: true, bigNumberStrings: true, dateStrings: true, jsonStrings: true } as const;

export class LedgerClient {
  private readonly connection: Connection;
  private readonly identity: ClientIdentity;
  private readonly actor: ExpectedActor;
  private readonly entries: LedgerEntry[] = [];
  private readonly prepared = new Map<string, PrepareStatementInfo>();

  private constructor(connection: Connection, identity: ClientIdentity, actor: ExpectedActor) {
    this.connection = connection;
    this.identity = identity;
    this.actor = actor;
    // A lost connection fails the call that waits for it; between calls it must not end the program.
    connection.on("error", () => undefined);
  }

  /** Signs in. Fails with code `sign-in` and the server's words. */
  static async connect(target: ClientTarget, identity: ClientIdentity): Promise<LedgerClient> {
    const { host, port, user, password, schema, tokenFor } = target;
    const connection = createConnection({
      ...options,
      host,
      port,
      user,
      password,
      database: schema,
      connectAttributes: { ...identity.attributes },
      ...(tokenFor === undefined ? {} : { ssl: { ca: tokenFor }, enableCleartextPlugin: true }),
    });
    await new Promise<void>((resolve, reject) => {
      connection.connect((error) => {
        if (error) reject(new FailureError("sign-in", `The ${identity.client} could not sign in at ${host}:${port}: ${error.message}.`));
        else resolve();
      });
    });
    return new LedgerClient(connection, identity, target.actor);
  }

  /** The server's thread id. */
  get threadId(): number {
    return this.connection.threadId ?? 0;
  }

  /** The ledger so far. */
  ledger(): SessionLedger {
    return { client: this.identity.client, threadId: this.threadId, actor: this.actor, entries: [...this.entries] };
  }

  /** Sends a text as COM_QUERY. An error of the server's is an answer, and in the entry. */
  query(sql: string): Promise<LedgerEntry> {
    return this.asked({ command: "COM_QUERY", sql, params: null }, (answered) => {
      this.connection.query({ sql, typeCast: rawText }, (error, rows, fields) => answered(error, rows, fields));
    });
  }

  /**
   * Executes a text with parameters. It is prepared when it is first used, and stays so until the end, as drivers and
   * pools do it. The entry is that of the execution, or of the preparation where that was refused.
   */
  async execute(sql: string, ...params: Bound[]): Promise<LedgerEntry> {
    const known = this.prepared.get(sql);
    const statement = known ?? (await this.prepare(sql));
    if (!("execute" in statement)) return statement;
    return this.asked({ command: "COM_STMT_EXECUTE", sql, params: params.map(boundText) }, (answered) => {
      statement.execute(params, (error: QueryError | null, rows: unknown, fields: FieldPacket[]) => answered(error, rows, fields));
    });
  }

  /** COM_PING. */
  ping(): Promise<LedgerEntry> {
    return this.asked({ command: "COM_PING", sql: null, params: null }, (answered) => {
      this.connection.ping((error) => answered(error, { affectedRows: 0 }));
    });
  }

  /** Closes what was prepared, then COM_QUIT; resolves when the connection has closed. */
  async quit(): Promise<void> {
    for (const [sql, statement] of this.prepared) {
      this.note({ command: "COM_STMT_CLOSE", sql, params: null, results: [] });
      statement.close();
    }
    this.note({ command: "COM_QUIT", sql: null, params: null, results: [] });
    await new Promise<void>((resolve) => {
      this.connection.end(() => resolve());
    });
  }

  /** Drops the connection without a word, for an end that cannot wait. */
  destroy(): void {
    this.connection.destroy();
  }

  /** COM_STMT_PREPARE: the statement, or the entry of its refusal. */
  private async prepare(sql: string): Promise<PrepareStatementInfo | LedgerEntry> {
    const entry = await this.asked({ command: "COM_STMT_PREPARE", sql, params: null }, (answered) => {
      this.connection.prepare(sql, (error, statement) => {
        if (!error) this.prepared.set(sql, statement);
        answered(error);
      });
    });
    return this.prepared.get(sql) ?? entry;
  }

  private asked(sent: Sent, ask: (answered: Answered) => void): Promise<LedgerEntry> {
    return new Promise((resolve, reject) => {
      ask((error, rows, fields) => {
        if (error && !error.sqlState) {
          reject(new FailureError("connection-lost", `The ${this.identity.client} lost its connection: ${error.message}.`));
        } else if (error) {
          const refused = {
            outcome: "error",
            errno: error.errno ?? 0,
            sqlstate: error.sqlState ?? "HY000",
            message: error.message,
          } as const;
          resolve(this.note({ ...sent, ...refused, results: [] }));
        } else {
          resolve(this.note({ ...sent, affected: affectedOf(rows), results: fields === undefined ? [] : [resultOf(rows, fields)] }));
        }
      });
    });
  }

  private note(entry: Pick<LedgerEntry, "command" | "sql" | "params" | "results"> & Partial<LedgerEntry>): LedgerEntry {
    const whole: LedgerEntry = { outcome: "ok", errno: null, sqlstate: null, message: null, affected: null, ...entry };
    this.entries.push(whole);
    return whole;
  }
}

function affectedOf(rows: unknown): number | null {
  const counted = typeof rows === "object" && rows !== null && "affectedRows" in rows ? rows.affectedRows : null;
  return typeof counted === "number" ? counted : null;
}

function resultOf(rows: unknown, fields: readonly FieldPacket[]): LedgerResult {
  const received = Array.isArray(rows) ? (rows as unknown[][]) : [];
  return {
    columns: fields.map(ledgerColumn),
    rows: received.map((row) => fields.map((field, index) => receivedValue(row[index], field))),
  };
}

function boundText(value: Bound): Value {
  if (value === null) return null;
  return Buffer.isBuffer(value) ? { base64: value.toString("base64") } : String(value);
}
