/** One session of the training database: takes statements, gives answers; knows nothing of packets and sockets. */
import type Database from "better-sqlite3";
import { Catalogue } from "./catalogue.ts";
import type { SqliteValue } from "./column-shape.ts";
import { refreshInformationSchema } from "./information-schema.ts";
import { MysqlError, mysqlErrorOf, syntaxError } from "./mysql-error.ts";
import { type Answer, ok, type ResultColumn } from "./result.ts";
import { resultColumns } from "./result-columns.ts";
import { assignmentsOf, plainName, SessionVariables } from "./session-variables.ts";
import { answerDescribe, answerExplain, answerShow, type ShowSubject } from "./show-statements.ts";
import { type Dialect, translated } from "./sql-dialect.ts";
import { registerFunctions } from "./sql-functions.ts";
import { areWords, isSymbol, isWord, type Token } from "./sql-tokens.ts";
import { changesTables, dialectTokens, statementKind } from "./statement-kind.ts";
import { Transaction } from "./transaction.ts";
import type { WriteLock } from "./write-lock.ts";

/** Rows of one result at most: a join of everything with everything must not fill the memory. */
const maxRows = 200_000;

export interface TrainingSessionOptions {
  /** The session's own connection to the database file; closed with the session. */
  readonly db: Database.Database;
  readonly lock: WriteLock;
  readonly version: string;
  readonly threadId: number;
  readonly user: string;
  /** The name of the only schema. */
  readonly schemaName: string;
}

export class TrainingSession {
  private readonly options: TrainingSessionOptions;
  private readonly catalogue: Catalogue;
  private readonly variables: SessionVariables;
  private readonly transaction: Transaction;
  private schema: string | null = null;
  private lastInsertId = 0n;
  private rowCount = -1n;
  private lastError: MysqlError | null = null;

  constructor(options: TrainingSessionOptions) {
    this.options = options;
    const { db, lock, version, threadId, user } = options;
    this.catalogue = new Catalogue(db);
    this.variables = new SessionVariables(version);
    this.transaction = new Transaction(db, lock);
    const facts = {
      version,
      threadId,
      user,
      schema: () => this.schema,
      lastInsertId: () => this.lastInsertId,
      rowCount: () => this.rowCount,
    };
    registerFunctions(db, facts);
  }

  get inTransaction(): boolean {
    return this.transaction.open;
  }

  get autocommit(): boolean {
    return this.variables.autocommit;
  }

  /** Makes `name` the default schema. Throws `MysqlError` 1049 where there is none of that name. */
  use(name: string): void {
    const known = [this.options.schemaName, "information_schema"].find((schema) => schema.toLowerCase() === name.toLowerCase());
    if (known === undefined) throw new MysqlError(1049, "42000", `Unknown database '${name}'`);
    this.schema = known;
  }

  /** Runs one statement. `sql` is the whole text that the tokens' places refer to. Throws `MysqlError` and nothing else. */
  async run(tokens: readonly Token[], sql: string, parameters: readonly SqliteValue[]): Promise<Answer> {
    try {
      const answer = await this.answer(tokens, sql, parameters);
      if (!isWord(tokens[0], "SHOW")) this.lastError = null;
      this.rowCount = answer.kind === "ok" ? answer.affected : -1n;
      return answer;
    } catch (thrown) {
      this.lastError = mysqlErrorOf(thrown, this.schema ?? this.options.schemaName, sql);
      throw this.lastError;
    }
  }

  /** The columns that a statement will give, without running it. Throws `MysqlError` where it cannot be run. */
  describe(tokens: readonly Token[], sql: string): readonly ResultColumn[] {
    try {
      const kind = statementKind(tokens);
      if (kind === "show") return answerShow(this.subject(), tokens, sql).columns;
      if (kind === "describe") return answerDescribe(this.subject(), tokens.slice(1)).columns;
      if (kind === "explain") return answerExplain([]).columns;
      if (kind !== "read" && kind !== "write") return [];
      if (changesTables(tokens)) return [];
      const statement = this.prepared(tokens, sql);
      return statement.reader ? this.columnsOf(statement, [], tokens, sql) : [];
    } catch (thrown) {
      throw mysqlErrorOf(thrown, this.schema ?? this.options.schemaName, sql);
    }
  }

  /** The columns of a table, for COM_FIELD_LIST. */
  fields(table: string): readonly ResultColumn[] {
    const { schemaName } = this.options;
    return this.catalogue.columns(table).map((column) => {
      return { ...column.shape, schema: schemaName, table, orgTable: table, name: column.name, orgName: column.name };
    });
  }

  /** Forgets what a connection's reset forgets: the transaction and the variables' values stay with their defaults. */
  reset(): void {
    this.transaction.rollback();
    this.variables.assign("autocommit", "1");
    this.lastInsertId = 0n;
    this.lastError = null;
  }

  /** Ends the session: what was not committed is rolled back. */
  close(): void {
    this.transaction.rollback();
    this.options.db.close();
  }

  private async answer(tokens: readonly Token[], sql: string, parameters: readonly SqliteValue[]): Promise<Answer> {
    switch (statementKind(tokens)) {
      case "show":
        return answerShow(this.subject(), tokens, sql);
      case "describe":
        return answerDescribe(this.subject(), tokens.slice(1));
      case "explain":
        return this.explain(tokens.slice(1), sql, parameters);
      case "use":
        this.use(tokens[1]?.value ?? "");
        return ok();
      case "set":
        return this.set(tokens.slice(1), parameters);
      case "start":
        this.transaction.start();
        return ok();
      case "commit":
        this.transaction.commit();
        return ok();
      case "rollback":
        this.transaction.rollback();
        return ok();
      case "nothing":
        return ok();
      case "read":
        return this.execute(tokens, sql, parameters, isLocking(tokens));
      case "write":
        return this.execute(tokens, sql, parameters, true);
      case "unknown":
        throw syntaxError(sql.slice(tokens[0]?.start ?? 0));
    }
  }

  private async execute(tokens: readonly Token[], sql: string, parameters: readonly SqliteValue[], writes: boolean): Promise<Answer> {
    if (changesTables(tokens)) this.transaction.commit();
    if (tokens.some((token) => token.value.toLowerCase() === "information_schema")) {
      refreshInformationSchema(this.options.db, this.catalogue, this.options.schemaName);
    }
    await this.transaction.beforeStatement(writes, this.variables.autocommit);
    try {
      return this.executeNow(tokens, sql, parameters);
    } finally {
      if (changesTables(tokens)) this.transaction.commit();
      this.transaction.afterStatement();
    }
  }

  private executeNow(tokens: readonly Token[], sql: string, parameters: readonly SqliteValue[]): Answer {
    const statement = this.prepared(tokens, sql);
    if (statement.reader) {
      const rows: SqliteValue[][] = [];
      for (const row of statement.raw(true).iterate(...parameters) as IterableIterator<SqliteValue[]>) {
        if (rows.length === maxRows)
          throw new MysqlError(1104, "42000", `The SELECT gives more than ${maxRows} rows, the training database's limit`);
        rows.push(row);
      }
      return { kind: "rows", columns: this.columnsOf(statement, rows, tokens, sql), rows };
    }
    const done = statement.run(...parameters);
    const affected = changesTables(tokens) ? 0n : BigInt(done.changes);
    const info = isWord(tokens[0], "UPDATE") ? `Rows matched: ${affected}  Changed: ${affected}  Warnings: 0` : "";
    return ok(affected, this.insertId(tokens, affected, BigInt(done.lastInsertRowid)), info);
  }

  /** The first id that an INSERT made; 0 where its table counts none. */
  private insertId(tokens: readonly Token[], affected: bigint, lastRow: bigint): bigint {
    if (!isWord(tokens[0], "INSERT") && !isWord(tokens[0], "REPLACE")) return 0n;
    const into = tokens.findIndex((token) => isWord(token, "INTO"));
    const table = isSymbol(tokens[into + 2], ".") ? tokens[into + 3] : tokens[into + 1];
    const counts = this.catalogue.columns(table?.value ?? "").some((column) => column.autoIncrement);
    if (!counts || affected === 0n) return 0n;
    this.lastInsertId = lastRow - affected + 1n;
    return this.lastInsertId;
  }

  private explain(tokens: readonly Token[], sql: string, parameters: readonly SqliteValue[]): Answer {
    if (tokens.length <= 3 && statementKind(tokens) === "unknown") return answerDescribe(this.subject(), tokens);
    const start = tokens.findIndex((token) => ["SELECT", "WITH", "UPDATE", "DELETE", "INSERT"].some((word) => isWord(token, word)));
    if (start < 0) throw syntaxError(sql.slice(tokens[0]?.start ?? sql.length));
    const explained = this.options.db.prepare(`EXPLAIN QUERY PLAN ${translated(dialectTokens(tokens.slice(start)), this.dialect())}`);
    const plan = explained.all(...parameters) as { detail: string }[];
    return answerExplain(plan.map(({ detail }) => detail));
  }

  private set(tokens: readonly Token[], parameters: readonly SqliteValue[]): Answer {
    for (const { name, value } of assignmentsOf(tokens)) {
      const [only] = value;
      const word = value.length === 1 && only?.kind === "word" ? only.value : null;
      this.variables.assign(name, word ?? this.evaluated(value, parameters));
      if (plainName(name) === "autocommit" && this.variables.autocommit) this.transaction.commit();
    }
    return ok();
  }

  private evaluated(value: readonly Token[], parameters: readonly SqliteValue[]): string | null {
    const result = this.options.db
      .prepare(`SELECT ${translated(value, this.dialect())}`)
      .pluck()
      .get(...parameters);
    return result === null || result === undefined ? null : String(result);
  }

  private prepared(tokens: readonly Token[], sql: string): Database.Statement<unknown[]> {
    if (this.schema === null && tokens.some((token, at) => namesBareTable(tokens, token, at))) {
      throw new MysqlError(1046, "3D000", "No database selected");
    }
    const text = translated(dialectTokens(tokens), this.dialect());
    if (text === "") throw syntaxError(sql);
    return this.options.db.prepare(text);
  }

  private columnsOf(statement: Database.Statement<unknown[]>, rows: readonly SqliteValue[][], tokens: readonly Token[], sql: string) {
    return resultColumns(statement.columns(), rows, { tokens, sql, schemaName: this.options.schemaName, catalogue: this.catalogue });
  }

  private dialect(): Dialect {
    const variable = (text: string): string => {
      const literal = this.variables.literal(text);
      if (literal === undefined) throw new MysqlError(1193, "HY000", `Unknown system variable '${text.replace(/^@@(\w+\.)?/, "")}'`);
      return literal;
    };
    return { schema: this.options.schemaName, variable };
  }

  private subject(): ShowSubject {
    const { schemaName, user, threadId } = this.options;
    return { schema: schemaName, user, threadId, catalogue: this.catalogue, variables: this.variables, lastError: this.lastError };
  }
}

/** Whether a query locks what it reads, and so waits like a write. */
function isLocking(tokens: readonly Token[]): boolean {
  return tokens.some((_, at) => areWords(tokens, at, "FOR UPDATE"));
}

/** Whether the token is a table without a schema, which needs a default schema. */
function namesBareTable(tokens: readonly Token[], token: Token, at: number): boolean {
  const before = tokens[at - 1];
  const named = token.kind === "name" || token.kind === "word";
  const follows = ["FROM", "JOIN", "INTO", "UPDATE", "TABLE"].some((word) => isWord(before, word));
  const isTable = named && follows && !isWord(token, "DUAL") && !["IF", "KEY"].some((word) => isWord(token, word));
  return isTable && !isSymbol(tokens[at + 1], ".");
}
