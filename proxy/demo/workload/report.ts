/** A script of the operating system's scheduler: the same reports over and over, read in one go, nothing written. */
import type { LedgerClient } from "./ledger-client.ts";
import type { Pace } from "./pace.ts";

export const reportAttributes = { program_name: "stock-report", _client_name: "mysql-connector-python", _os: "Linux" };

const reports = [
  "SELECT category, COUNT(*) AS products, SUM(stock) AS stock FROM products GROUP BY category ORDER BY category",
  "SELECT id, sku, name, stock FROM products WHERE stock < 20 AND discontinued_on IS NULL ORDER BY stock, id LIMIT 50",
  "SELECT country, COUNT(*) AS warehouses FROM warehouses GROUP BY country ORDER BY country",
];

/** One run, ended early where the pace is over. */
export async function playReport(client: LedgerClient, pace: Pace): Promise<void> {
  for (const sql of reports) {
    if (pace.over) return;
    await client.query(sql);
    await pace.pause(200, 900);
  }
}
