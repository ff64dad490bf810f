/** A database administrator at a prompt: looks around, asks for reports, changes a table and some of its rows. */
import type { SeededRandom } from "../seeded-random.ts";
import type { LedgerClient } from "./ledger-client.ts";
import type { Pace } from "./pace.ts";

export const dbaAttributes = { program_name: "mysql", _client_name: "libmysql", _os: "Linux" };

const lookAround = [
  "SELECT @@version_comment LIMIT 1",
  "SHOW DATABASES",
  "SHOW TABLES",
  "SHOW FULL COLUMNS FROM orders",
  "SHOW CREATE TABLE order_items",
  "SHOW INDEX FROM payments",
  "SHOW VARIABLES LIKE 'max_%'",
  "EXPLAIN SELECT * FROM orders WHERE customer_id = 42 ORDER BY placed_at DESC",
];

const reports = [
  "SELECT status, COUNT(*) AS orders, SUM(total) AS revenue FROM orders GROUP BY status ORDER BY status",
  "SELECT DATE_FORMAT(placed_at, '%Y-%m') AS month, COUNT(*) AS orders, SUM(total) AS revenue\n  FROM orders\n WHERE status <> 'cancelled'\n GROUP BY DATE_FORMAT(placed_at, '%Y-%m')\n ORDER BY month",
  "SELECT c.country, COUNT(*) AS customers, SUM(c.newsletter) AS newsletter FROM customers c GROUP BY c.country ORDER BY customers DESC, c.country",
  "SELECT p.category, p.name, SUM(i.quantity) AS sold FROM order_items i JOIN products p ON p.id = i.product_id GROUP BY p.id, p.category, p.name ORDER BY sold DESC, p.id LIMIT 25",
  "SELECT * FROM customers WHERE id <= 600 ORDER BY id",
  "SELECT o.id, o.status, o.total, o.note, o.placed_at, o.shipped_at, c.full_name, c.city\n  FROM orders o JOIN customers c ON c.id = o.customer_id\n WHERE o.id <= 1500\n ORDER BY o.id",
  "SELECT id, order_id, method, card_number, amount, authorised_at, reference FROM payments WHERE id <= 400 ORDER BY id",
  "SELECT name, country, opens_at, closes_at, since, latitude, longitude FROM warehouses ORDER BY id",
];

/** One sitting at the prompt, ended early where the pace is over. */
export async function playDba(client: LedgerClient, pace: Pace, random: SeededRandom): Promise<void> {
  for (const sql of lookAround) {
    if (pace.over) return;
    await client.query(sql);
    await pace.pause(150, 700);
  }
  for (let asked = 0; asked < 6 && !pace.over; asked += 1) {
    await client.query(random.pick(reports));
    await pace.pause(300, 1_200);
  }
  if (!pace.over) await changeTable(client, pace);
}

/** Adds a column, fills it, looks at it and takes it out again, so that the next sitting finds the table as it was. */
async function changeTable(client: LedgerClient, pace: Pace): Promise<void> {
  const added = await client.query("ALTER TABLE warehouses ADD COLUMN opened_on DATE NULL");
  await pace.pause(200, 600);
  if (added.outcome === "error") return;
  await client.query("UPDATE warehouses SET opened_on = '2011-04-01' WHERE country = 'PL'");
  await client.query("SELECT id, name, opened_on FROM warehouses ORDER BY id");
  await pace.pause(200, 600);
  await client.query("DELETE FROM customers WHERE id = (SELECT MIN(customer_id) FROM orders)");
  await client.query("ALTER TABLE warehouses DROP COLUMN opened_on");
}
