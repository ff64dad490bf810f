/**
 * An AI agent behind an MCP server: explores the schema before it asks, prepares everything, gets something wrong,
 * reads the error, looks again and corrects itself.
 */
import type { SeededRandom } from "../seeded-random.ts";
import type { Bound, LedgerClient } from "./ledger-client.ts";
import type { Pace } from "./pace.ts";

export const agentAttributes = { program_name: "mcp-server-mysql", mcp_client: "desk-assistant", mcp_tool: "run_query" };

interface Question {
  /** The first try, which the database refuses. */
  readonly mistaken: readonly [sql: string, ...params: Bound[]];
  /** What the agent looks at to understand why. */
  readonly lookUp: readonly [sql: string, ...params: Bound[]];
  readonly corrected: readonly [sql: string, ...params: Bound[]];
}

const columnsOf =
  "SELECT COLUMN_NAME, DATA_TYPE, IS_NULLABLE, COLUMN_KEY FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION";

/** An unknown column (1054), a table that is not there (1146), and text that is no SQL (1064). */
const questions: readonly Question[] = [
  {
    mistaken: ["SELECT id, amount FROM orders WHERE status = ? ORDER BY amount DESC LIMIT 5", "open"],
    lookUp: [columnsOf, "orders"],
    corrected: ["SELECT id, total FROM orders WHERE status = ? AND id <= 1500 ORDER BY total DESC, id LIMIT 5", "shipped"],
  },
  {
    mistaken: ["SELECT product_id, SUM(quantity) AS sold FROM order_lines GROUP BY product_id ORDER BY sold DESC LIMIT 10"],
    lookUp: ["SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE ?", "order%"],
    corrected: ["SELECT product_id, SUM(quantity) AS sold FROM order_items GROUP BY product_id ORDER BY sold DESC, product_id LIMIT 10"],
  },
  {
    mistaken: ["SELECT full_name, city FROM customers WERE country = ?", "GR"],
    lookUp: [columnsOf, "customers"],
    corrected: [
      "SELECT full_name, city, birth_date, preferences FROM customers WHERE country = ? AND id <= 600 ORDER BY id LIMIT 20",
      "GR",
    ],
  },
  {
    mistaken: [
      "SELECT c.name, COUNT(*) AS payments FROM payments p JOIN orders o ON o.id = p.order_id JOIN customers c ON c.id = o.customer_id GROUP BY c.name",
    ],
    lookUp: [columnsOf, "customers"],
    corrected: [
      "SELECT c.full_name, COUNT(*) AS payments, MAX(p.authorised_at) AS latest FROM payments p JOIN orders o ON o.id = p.order_id JOIN customers c ON c.id = o.customer_id WHERE p.amount > ? GROUP BY c.id, c.full_name ORDER BY payments DESC, c.id LIMIT 10",
      "500.00",
    ],
  },
];

/** One conversation: two questions, ended early where the pace is over. */
export async function playAgent(client: LedgerClient, pace: Pace, random: SeededRandom): Promise<void> {
  await client.query("SET SESSION TRANSACTION READ ONLY");
  await client.execute("SELECT TABLE_NAME, TABLE_TYPE FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME");
  await pace.pause(200, 800);
  for (const table of ["orders", "customers", "products"]) {
    if (pace.over) return;
    await client.execute(columnsOf, table);
    await pace.pause(50, 250);
  }
  for (let asked = 0; asked < 2 && !pace.over; asked += 1) {
    const { mistaken, lookUp, corrected } = random.pick(questions);
    for (const [sql, ...params] of [mistaken, lookUp, corrected]) {
      await client.execute(sql, ...params);
      await pace.pause(300, 900);
    }
  }
}
