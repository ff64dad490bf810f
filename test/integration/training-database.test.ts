import { fileURLToPath, pathToFileURL } from "node:url";
import { type Connection, createConnection, type ResultSetHeader, type RowDataPacket } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTrainingDatabase, type TrainingDatabase } from "../../proxy/demo/training/training-database.ts";
import { clientIsThere, runClient } from "../support/clients.ts";

let database: TrainingDatabase;
const opened: Connection[] = [];

beforeAll(async () => {
  const thread = pathToFileURL(fileURLToPath(new URL("../../proxy/training-thread.ts", import.meta.url)));
  database = await startTrainingDatabase({ thread, user: "learner", password: "pass word", seed: 1 });
});

afterAll(async () => {
  for (const connection of opened) connection.destroy();
  await database?.close();
});

async function connect(changes: { password?: string; database?: string; multipleStatements?: boolean } = {}): Promise<Connection> {
  const { host, port, account } = database;
  const connection = await createConnection({ host, port, ...account, database: "shop", dateStrings: true, ...changes });
  opened.push(connection);
  return connection;
}

describe.each(["mariadb", "mysql"] as const)("the %s client at the training database", (client) => {
  const run = (sql: string, args: string[] = ["shop"]) =>
    runClient(client, { ...database, ...database.account }, ["--batch", "--force", ...args], { input: sql });

  it.skipIf(!clientIsThere(client))("signs in, looks around and reads", async () => {
    const { stdout, stderr, exitCode } = await run(
      "SHOW TABLES; SELECT VERSION(); DESCRIBE warehouses; SELECT name FROM warehouses WHERE id = 2;",
    );
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout).toContain("order_items");
    expect(stdout).toContain("8.4.0-stenograph-training");
    expect(stdout).toContain("opens_at\ttime\tNO");
    expect(stdout).toContain("Łódź Olechów");
  });

  it.skipIf(!clientIsThere(client))("is refused with a wrong password", async () => {
    const wrong = await runClient(client, { ...database, ...database.account, password: "wrong" }, [], { input: "SELECT 1" });
    expect(wrong.exitCode).toBe(1);
    expect(wrong.stderr).toMatch(/1045 \(28000\).*Access denied for user 'learner'@'localhost' \(using password: YES\)/);
  });

  it.skipIf(!clientIsThere(client))("is told what is wrong by MySQL's own numbers", async () => {
    const { stderr } = await run(
      "SELEC 1; SELECT * FROM nothing; SELECT nope FROM orders; USE nowhere; SHOW TRIGGERS; SELECT nofunction(1);",
    );
    const told = [...stderr.matchAll(/ERROR (\d+) \((\w+)\)/g)].map(([, errno, state]) => `${errno} ${state}`);
    expect(told).toEqual(["1064 42000", "1146 42S02", "1054 42S22", "1049 42000", "1235 42000", "1305 42000"]);
  });

  it.skipIf(!clientIsThere(client))("needs a schema for a table without one", async () => {
    const { stderr } = await run("SELECT 1 FROM orders; SELECT COUNT(*) FROM shop.warehouses;", []);
    expect(stderr).toMatch(/ERROR 1046 \(3D000\).*No database selected/);
  });
});

describe("the mysql2 driver at the training database", () => {
  it("gets rows of all types, the same as text and as binary values", async () => {
    const connection = await connect();
    for (const table of ["customers", "products", "orders", "payments", "warehouses"]) {
      const sql = `SELECT * FROM ${table} ORDER BY id LIMIT 50`;
      const [asText] = await connection.query(sql);
      const [asBinary] = await connection.execute(sql);
      expect(asBinary).toEqual(asText);
    }
  });

  it("gets the definitions of columns with their origin", async () => {
    const connection = await connect();
    const [, fields] = await connection.query("SELECT o.total AS amount, COUNT(*) FROM orders o GROUP BY o.total LIMIT 1");
    expect(fields).toMatchObject([
      { name: "amount", orgName: "total", orgTable: "orders", schema: "shop", columnType: 246, decimals: 2 },
      { name: "COUNT(*)", orgTable: "", columnType: 8 },
    ]);
  });

  it("inserts with parameters, and is told the new id and the duplicate", async () => {
    const connection = await connect();
    const insert = "INSERT INTO customers (email, full_name, country, city, newsletter, created_at) VALUES (?, ?, 'GR', ?, ?, NOW(6))";
    const [done] = await connection.execute<ResultSetHeader>(insert, ["zoé@example.org", "Ζωή", null, 1]).catch((error) => [error]);
    expect(done).toMatchObject({ errno: 1048, sqlState: "23000" });
    const [inserted] = await connection.execute<ResultSetHeader>(insert, ["zoé@example.org", "Ζωή", "Πάτρα", 1]);
    expect(inserted).toMatchObject({ affectedRows: 1, insertId: 601 });
    await expect(connection.execute(insert, ["zoé@example.org", "Ζωή", "Πάτρα", 1])).rejects.toMatchObject({
      errno: 1062,
      sqlState: "23000",
    });
    const [rows] = await connection.query<RowDataPacket[]>("SELECT full_name FROM customers WHERE id = LAST_INSERT_ID()");
    expect(rows).toEqual([{ full_name: "Ζωή" }]);
  });

  it("keeps rows that others refer to", async () => {
    const connection = await connect();
    await expect(connection.query("DELETE FROM customers WHERE id = (SELECT MIN(customer_id) FROM orders)")).rejects.toMatchObject({
      errno: 1451,
    });
    const item = "INSERT INTO order_items VALUES (999999, 1, 1, 1, 1)";
    await expect(connection.query(item)).rejects.toMatchObject({ errno: 1452 });
  });

  it("rolls back, and shows others nothing before the commit", async () => {
    const [one, other] = [await connect(), await connect()];
    const stock = async (connection: Connection) =>
      (await connection.query<RowDataPacket[]>("SELECT stock FROM products WHERE id = 1"))[0][0]?.stock;
    const before = await stock(one);
    await one.beginTransaction();
    await one.query("UPDATE products SET stock = stock + 5 WHERE id = 1");
    expect([await stock(one), await stock(other)]).toEqual([before + 5, before]);
    await one.rollback();
    expect(await stock(one)).toBe(before);
  });

  it("waits for another's transaction and then writes", async () => {
    const [one, other] = [await connect(), await connect()];
    await one.beginTransaction();
    await one.query("UPDATE products SET stock = 1 WHERE id = 2");
    const waiting = other.query<ResultSetHeader>("UPDATE products SET stock = stock + 1 WHERE id = 2");
    await one.commit();
    expect((await waiting)[0].affectedRows).toBe(1);
    const [rows] = await one.query<RowDataPacket[]>("SELECT stock FROM products WHERE id = 2");
    expect(rows).toEqual([{ stock: 2 }]);
  });

  it("gets several results for several statements, and an error ends them", async () => {
    const connection = await connect({ multipleStatements: true });
    const [results] = await connection.query("SELECT 1 AS a; SELECT 2 AS b");
    expect(results).toEqual([[{ a: 1 }], [{ b: 2 }]]);
    await expect(connection.query("SELECT 1; SELECT nope FROM orders; SELECT 3")).rejects.toMatchObject({ errno: 1054 });
    await expect((await connect()).query("SELECT 1; SELECT 2")).rejects.toMatchObject({ errno: 1064 });
  });

  it("changes the user only with the right password", async () => {
    const connection = await connect();
    await connection.changeUser({ ...database.account, database: "shop" });
    expect((await connection.query("SELECT 1 AS a"))[0]).toEqual([{ a: 1 }]);
    await expect(connection.changeUser({ user: "learner", password: "wrong", database: "shop" })).rejects.toMatchObject({ errno: 1045 });
  });

  it("reads the information schema of what is there now", async () => {
    const connection = await connect();
    await connection.query(
      "CREATE TABLE notes (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, mood ENUM('good','bad') COMMENT 'x', KEY m (mood)) ENGINE=InnoDB",
    );
    const sql =
      "SELECT COLUMN_NAME, COLUMN_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION";
    const [rows] = await connection.execute(sql, ["notes"]);
    expect(rows).toEqual([
      { COLUMN_NAME: "id", COLUMN_TYPE: "bigint unsigned" },
      { COLUMN_NAME: "mood", COLUMN_TYPE: "enum('good','bad')" },
    ]);
    await connection.query("DROP TABLE notes");
  });
});
