/** The web shop: many short statements over a few connections, text and prepared, orders and payments in transactions. */
import type { SeededRandom } from "../seeded-random.ts";
import { money } from "../shop/shop-rows.ts";
import { places } from "../shop/shop-words.ts";
import type { LedgerEntry } from "./ledger.ts";
import type { LedgerClient } from "./ledger-client.ts";
import type { Pace } from "./pace.ts";

export const applicationAttributes = { program_name: "shop-web", "shop-web.version": "4.12.0" };

/** One visit after another, until the pace is over or `visits` of them are done. `visitor` makes e-mail addresses unique. */
export async function playApplication(
  client: LedgerClient,
  pace: Pace,
  random: SeededRandom,
  visits: number,
  visitor: string,
): Promise<void> {
  await client.query("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
  for (let visit = 1; visit <= visits && !pace.over; visit += 1) {
    await browse(client, pace, random);
    if (random.chance(0.25)) await register(client, random, `${visitor}-${visit}`);
    if (random.chance(0.55)) await order(client, pace, random);
    if (random.chance(0.2)) await client.ping();
    await pace.pause(60, 400);
  }
}

async function browse(client: LedgerClient, pace: Pace, random: SeededRandom): Promise<void> {
  const category = random.pick(["kitchen", "garden", "office", "outdoor"]);
  await client.query(
    `SELECT id, sku, name, price, stock FROM products WHERE category = '${category}' AND discontinued_on IS NULL ORDER BY price LIMIT 12`,
  );
  await pace.pause(20, 120);
  for (let looks = random.integer(1, 3); looks > 0; looks -= 1) {
    const id = random.integer(1, 240);
    await client.execute("SELECT id, sku, name, price, weight_kg, attributes, thumbnail FROM products WHERE id = ?", id);
    await pace.pause(20, 160);
  }
}

/** Someone signs up; now and then with an address that is taken, which the database refuses. */
async function register(client: LedgerClient, random: SeededRandom, visitor: string): Promise<void> {
  const place = random.pick(places);
  const email = random.chance(0.2) ? `customer${random.integer(1, 600)}@example.net` : `${visitor}@example.org`;
  const name = `${random.pick(place.given)} ${random.pick(place.family)}`;
  const inserted = await client.execute(
    "INSERT INTO customers (email, full_name, country, city, phone, newsletter, created_at) VALUES (?, ?, ?, ?, ?, ?, NOW(6))",
    ...[email, name, place.country, random.pick(place.cities), null, random.integer(0, 1)],
  );
  if (inserted.outcome === "error") await client.execute("SELECT id, full_name, created_at FROM customers WHERE email = ?", email);
}

async function order(client: LedgerClient, pace: Pace, random: SeededRandom): Promise<void> {
  await client.query("START TRANSACTION");
  const placed = await placeOrder(client, pace, random);
  if (placed === null) {
    await client.query("ROLLBACK");
    return;
  }
  await client.query("COMMIT");
  await pace.pause(80, 500);
  if (random.chance(0.85)) await pay(client, random, placed);
}

interface Placed {
  readonly id: string;
  readonly total: string;
}

/** All statements of an order; `null` where one was refused, and nothing of it may stay. */
async function placeOrder(client: LedgerClient, pace: Pace, random: SeededRandom): Promise<Placed | null> {
  const lines = Array.from({ length: random.integer(1, 3) }, () => ({ product: random.integer(1, 240), quantity: random.integer(1, 4) }));
  const bought: { product: number; quantity: number; cents: number }[] = [];
  for (const { product, quantity } of lines) {
    const found = await client.execute("SELECT price, stock FROM products WHERE id = ? FOR UPDATE", product);
    const price = cell(found, 0);
    if (price === null) return null;
    bought.push({ product, quantity, cents: Math.round(Number(price) * 100) });
    await pace.pause(5, 30);
  }
  const total = money(bought.reduce((sum, line) => sum + line.quantity * line.cents, 0));
  const note = random.chance(0.2) ? 'Ring twice; it\'s the "blue" door — danke! 🙂' : null;
  const inserted = await client.execute(
    "INSERT INTO orders (customer_id, status, currency, total, note, placed_at) VALUES (?, 'open', ?, ?, ?, NOW(6))",
    ...[random.integer(1, 600), random.pick(places).currency, total, note],
  );
  const id = inserted.outcome === "ok" ? cell(await client.query("SELECT LAST_INSERT_ID()"), 0) : null;
  if (id === null) return null;
  for (const [index, line] of bought.entries()) {
    const values = `(${id}, ${index + 1}, ${line.product}, ${line.quantity}, ${money(line.cents)})`;
    const item = await client.query(`INSERT INTO order_items (order_id, line, product_id, quantity, unit_price) VALUES ${values}`);
    const stock = await client.query(`UPDATE products SET stock = stock - ${line.quantity} WHERE id = ${line.product}`);
    if (item.outcome === "error" || stock.outcome === "error") return null;
  }
  return { id, total };
}

async function pay(client: LedgerClient, random: SeededRandom, { id, total }: Placed): Promise<void> {
  const card = random.chance(0.8) ? `**** **** **** ${String(random.integer(0, 9999)).padStart(4, "0")}` : null;
  await client.query("START TRANSACTION");
  const payment = await client.execute(
    "INSERT INTO payments (order_id, method, card_number, amount, authorised_at, reference) VALUES (?, ?, ?, ?, NOW(6), ?)",
    ...[id, card === null ? "transfer" : "card", card, total, random.bytes(16)],
  );
  const marked = await client.execute("UPDATE orders SET status = 'paid' WHERE id = ? AND status = 'open'", id);
  await client.query(payment.outcome === "ok" && marked.outcome === "ok" ? "COMMIT" : "ROLLBACK");
}

/** The first row's value at `index`, where it is text. */
function cell(entry: LedgerEntry, index: number): string | null {
  const value = entry.results[0]?.rows[0]?.[index] ?? null;
  return typeof value === "string" ? value : null;
}
