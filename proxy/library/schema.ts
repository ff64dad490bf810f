/** The tables of the library. It is an index: all of it can be rebuilt from the recordings, so there are no migrations. */
import fs from "node:fs";
import path from "node:path";
import { crc32 } from "node:zlib";
import Database from "better-sqlite3";
import { matchesWildcard } from "../filter/text-match.ts";
import { openPrivateDatabase } from "./private-database.ts";

export type LibraryDatabase = Database.Database;

/** Raised with every change of what is written into the tables; see `schemaVersion`. */
const contentVersion = 1;

/** Characters of a statement's text that are kept here; all of it is in the recording. */
export const keptSqlCharacters = 65_536;

/** Unit of the activity table, in microseconds. */
export const activityMicros = 100_000;

const tables = `
CREATE TABLE recordings (
  session TEXT PRIMARY KEY,
  -- Bytes from the start of the file whose statements are indexed.
  indexed INTEGER NOT NULL,
  -- 0: may grow; 1: its close frame is indexed; 2: its seal frame is indexed.
  ended INTEGER NOT NULL,
  problem TEXT
) WITHOUT ROWID;

CREATE TABLE sessions (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  connection TEXT NOT NULL,
  -- The name; the facts are the whole actor as JSON, and the rest of it is here as it is filtered and shown by.
  actor TEXT NOT NULL,
  actor_facts TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_issuer TEXT,
  actor_subject TEXT,
  actor_email TEXT,
  actor_owner TEXT,
  authenticated INTEGER NOT NULL,
  account TEXT,
  -- All that its statements ran on, as JSON: that of the line above first.
  accounts TEXT NOT NULL,
  schema TEXT,
  client TEXT NOT NULL,
  -- As JSON, where there is one; the path and the name of the process's program are here too, for filters.
  credential TEXT,
  process TEXT,
  process_path TEXT,
  process_name TEXT,
  claimed TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  close_cause TEXT,
  close_detail TEXT,
  statements INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  upstream_address TEXT NOT NULL,
  upstream_version TEXT,
  thread_id INTEGER,
  tls TEXT NOT NULL,
  sealed INTEGER NOT NULL
);
CREATE INDEX sessions_by_start ON sessions (started_at);

CREATE TABLE commands (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

CREATE TABLE accounts (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

-- Names under which something is claimed, of itself or along with a statement, by any client.
CREATE TABLE claim_names (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

-- In which sessions something is claimed under a name.
CREATE TABLE claim_sessions (name INTEGER NOT NULL, session INTEGER NOT NULL, PRIMARY KEY (name, session)) WITHOUT ROWID;

-- What was claimed along with statements; what clients claimed of themselves is with their sessions.
CREATE TABLE claims (
  name INTEGER NOT NULL,
  statement INTEGER NOT NULL,
  place INTEGER NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (name, statement, place)
) WITHOUT ROWID;

CREATE TABLE digests (
  key INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  text TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  count INTEGER NOT NULL
);

-- What is filtered by, in narrow rows; what is only shown is in statement_details, under the same id.
CREATE TABLE statements (
  id INTEGER PRIMARY KEY,
  session INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  command INTEGER NOT NULL,
  outcome INTEGER NOT NULL,
  rows INTEGER,
  affected INTEGER,
  errno INTEGER,
  duration_us INTEGER,
  first_byte_us INTEGER,
  bytes_in INTEGER NOT NULL,
  bytes_out INTEGER NOT NULL,
  partial INTEGER NOT NULL,
  redacted INTEGER NOT NULL,
  digest INTEGER,
  -- On which it ran; the one with which its session began is there too. NULL: the anonymous one.
  account INTEGER
);
CREATE UNIQUE INDEX statements_by_session ON statements (session, seq);
CREATE INDEX statements_by_time ON statements (at);
CREATE INDEX statements_by_digest ON statements (digest);
CREATE INDEX statements_not_ok ON statements (outcome) WHERE outcome <> 0;
CREATE INDEX statements_by_error ON statements (errno) WHERE errno IS NOT NULL;
-- Of a condition that always holds in it, so that its entries are in the order of ids.
CREATE INDEX statements_slow ON statements ((duration_us >= 1000000)) WHERE duration_us >= 1000000;

CREATE TABLE statement_details (
  id INTEGER PRIMARY KEY,
  command_frame INTEGER NOT NULL,
  command_skip INTEGER NOT NULL,
  answer_frame INTEGER,
  answer_skip INTEGER,
  context TEXT,
  insert_id TEXT,
  warnings INTEGER NOT NULL,
  sqlstate TEXT,
  decode_failed TEXT,
  message TEXT,
  sql TEXT,
  summary TEXT
);

-- Text in the form that filter/words.ts folds it to; the tokenizer cuts as tokensOf does.
CREATE VIRTUAL TABLE statement_words USING fts5 (sql, message, content = '', contentless_delete = 1, tokenize = 'ascii');

-- How much happened in each tenth of a second.
CREATE TABLE activity (unit INTEGER PRIMARY KEY, count INTEGER NOT NULL, errors INTEGER NOT NULL);
`;

/** Where the library of a data directory lies. */
export function libraryPath(dataDirectory: string): string {
  return path.join(dataDirectory, "library.sqlite");
}

/** Opens the library's file, whatever is in it; a file that is no database is removed first. */
export function openLibrary(dataDirectory: string): LibraryDatabase {
  const file = libraryPath(dataDirectory);
  try {
    return configure(openPrivateDatabase(file));
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown;
    removeLibrary(dataDirectory);
    return configure(openPrivateDatabase(file));
  }
}

/** Deletes the library's files. */
export function removeLibrary(dataDirectory: string): void {
  for (const suffix of ["", "-wal", "-shm", "-journal"]) fs.rmSync(libraryPath(dataDirectory) + suffix, { force: true });
}

/** Whether SQLite found the file damaged, or not to be a database at all. */
export function isDamage(thrown: unknown): boolean {
  return thrown instanceof Database.SqliteError && (thrown.code.startsWith("SQLITE_CORRUPT") || thrown.code === "SQLITE_NOTADB");
}

/**
 * Says of a library what tables it has and what is in them, so that no change of either can be forgotten here; a library
 * of another version is rebuilt.
 */
const schemaVersion = crc32(`${contentVersion}\n${tables}`) >>> 1;

/** Whether the tables are there, in the version that this program writes. */
export function isCurrent(database: LibraryDatabase): boolean {
  return database.pragma("user_version", { simple: true }) === schemaVersion;
}

/** Makes empty tables in place of whatever is there, in one transaction, so that readers see the old ones or the new. */
export function recreateTables(database: LibraryDatabase): void {
  database.transaction(() => {
    const names = database
      .prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE 'statement\\_words\\_%' ESCAPE '\\'",
      )
      .pluck()
      .all() as string[];
    for (const name of names) database.exec(`DROP TABLE "${name.replaceAll('"', '""')}"`);
    database.exec(tables);
    database.pragma(`user_version = ${schemaVersion}`);
  })();
}

/** Sets up a connection to a library: its log, its caches, its functions. */
export function configure(database: LibraryDatabase): LibraryDatabase {
  database.pragma("busy_timeout = 2000");
  database.pragma("journal_mode = WAL");
  // Waits for the disk only when the log is folded in: power loss may cost the last transactions, which are indexed again.
  database.pragma("synchronous = NORMAL");
  database.pragma("cache_size = -65536");
  database.pragma("mmap_size = 2147483648");
  database.pragma("temp_store = MEMORY");
  database.function("matches_wildcard", { deterministic: true }, (pattern: unknown, value: unknown) =>
    typeof pattern === "string" && typeof value === "string" && matchesWildcard(pattern, value) ? 1 : 0,
  );
  return database;
}
