/**
 * The training database: the demo's shop in SQLite, spoken to over the real MySQL protocol, on the loopback address
 * alone. It says what it is in its version, and is made for learning and trying, not for keeping anything.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { sqliteTable } from "../shop/shop-ddl.ts";
import { shopRows } from "../shop/shop-rows.ts";
import { shopTables } from "../shop/shop-tables.ts";
import { attachInformationSchema } from "./information-schema.ts";
import { ServerConnection } from "./server-connection.ts";
import { type Account, SignIn } from "./sign-in.ts";
import { TrainingSession } from "./training-session.ts";
import { WriteLock } from "./write-lock.ts";

/** What `SELECT VERSION()` and the greeting tell: MySQL 8.4's protocol, and no MySQL. */
export const trainingVersion = "8.4.0-stenograph-training";

/** Name of the training database's only schema. */
export const trainingSchema = "shop";

/** How long a session waits for another's transaction, in milliseconds; InnoDB's default. */
const lockPatienceMs = 50_000;

export interface TrainingServerOptions {
  readonly account: Account;
  /** Decides the shop's rows. */
  readonly seed: number;
}

export class TrainingServer {
  private readonly folder = mkdtempSync(join(tmpdir(), "stenograph-training-"));
  private readonly file = join(this.folder, "shop.sqlite");
  private readonly lock = new WriteLock(lockPatienceMs);
  private readonly sockets = new Set<Socket>();
  private readonly account: Account;
  private readonly server: Server;
  private nextThread = 11;

  /** Fills the shop; `listen` opens it. */
  constructor({ account, seed }: TrainingServerOptions) {
    this.account = account;
    this.server = createServer((socket) => this.accept(socket));
    this.fill(seed);
  }

  /** Listens on a free port of 127.0.0.1 and gives its number. */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(0, "127.0.0.1", () => {
        const address = this.server.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
  }

  /** Ends all connections and removes the files. */
  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private fill(seed: number): void {
    const db = this.openFile();
    db.pragma("journal_mode = WAL");
    db.exec("BEGIN");
    const rows = shopRows(seed);
    for (const table of shopTables) {
      for (const statement of sqliteTable(table)) db.exec(statement);
      const insert = db.prepare(`INSERT INTO \`${table.name}\` VALUES (${table.columns.map(() => "?").join(",")})`);
      for (const row of rows.get(table.name) ?? []) insert.run(...row);
    }
    db.exec("COMMIT");
    db.close();
  }

  private openFile(): Database.Database {
    const db = new Database(this.file, { timeout: 0 });
    // Nothing here outlives the process, so nothing need reach the disk.
    db.pragma("synchronous = OFF");
    db.pragma("foreign_keys = ON");
    db.defaultSafeIntegers(true);
    return db;
  }

  private accept(socket: Socket): void {
    const threadId = this.nextThread;
    this.nextThread += 1;
    this.sockets.add(socket);
    socket.once("close", () => this.sockets.delete(socket));
    new ServerConnection({
      socket,
      signIn: new SignIn(this.account),
      version: trainingVersion,
      threadId,
      openSession: (user) => this.openSession(user, threadId),
    });
  }

  private openSession(user: string, threadId: number): TrainingSession {
    const db = this.openFile();
    attachInformationSchema(db);
    return new TrainingSession({ db, lock: this.lock, version: trainingVersion, threadId, user, schemaName: trainingSchema });
  }
}
