/** The shop in a real server: a schema of its own for the demo, filled at the start and dropped at the end. */
import { type Connection, createConnection } from "mysql2/promise";
import { FailureError, failureOf } from "../../model/failure.ts";
import { mysqlTable } from "../shop/shop-ddl.ts";
import { type ShopRow, shopRows } from "../shop/shop-rows.ts";
import { type ShopTable, shopTables } from "../shop/shop-tables.ts";

/** Its name; no one else's schema is touched. */
export const upstreamSchema = "stenograph_demo";

export interface UpstreamAccount {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** Rows of one INSERT. */
const batch = 200;

/**
 * Makes the schema and its rows, straight at the server and not through the proxy. A schema of that name from an
 * earlier demo is replaced. Fails with code `upstream-schema` and the server's reason.
 */
export async function createUpstreamSchema(account: UpstreamAccount, seed: number): Promise<void> {
  await atServer(account, "made", async (connection) => {
    await connection.query(`DROP DATABASE IF EXISTS \`${upstreamSchema}\``);
    await connection.query(`CREATE DATABASE \`${upstreamSchema}\` DEFAULT CHARACTER SET utf8mb4`);
    await connection.query(`USE \`${upstreamSchema}\``);
    const rows = shopRows(seed);
    for (const table of shopTables) {
      await connection.query(mysqlTable(table));
      await fill(connection, table, rows.get(table.name) ?? []);
    }
  });
}

/** Drops the schema. Fails with code `upstream-schema` and the server's reason. */
export async function dropUpstreamSchema(account: UpstreamAccount): Promise<void> {
  await atServer(account, "dropped", async (connection) => {
    await connection.query(`DROP DATABASE IF EXISTS \`${upstreamSchema}\``);
  });
}

async function fill(connection: Connection, table: ShopTable, rows: readonly ShopRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += batch) {
    await connection.query(`INSERT INTO \`${table.name}\` VALUES ?`, [rows.slice(start, start + batch)]);
  }
}

async function atServer(account: UpstreamAccount, done: string, work: (connection: Connection) => Promise<void>): Promise<void> {
  let connection: Connection | null = null;
  try {
    connection = await createConnection({ ...account, charset: "utf8mb4" });
    await work(connection);
  } catch (thrown) {
    const why = failureOf(thrown).message;
    throw new FailureError(
      "upstream-schema",
      `The schema ${upstreamSchema} could not be ${done} at ${account.host}:${account.port}: ${why}.`,
      { cause: thrown },
    );
  } finally {
    await connection?.end().catch(() => undefined);
  }
}
