/** The shop's rows, the same for the same seed, in the order of the tables. */
import { SeededRandom } from "../seeded-random.ts";
import { orderNotes, type Place, places, productAdjectives, productNouns, warehousePlaces } from "./shop-words.ts";

/** A value as both databases take it: decimals and times are text, in MySQL's writing. */
export type ShopValue = string | number | Buffer | null;
export type ShopRow = readonly ShopValue[];

/** Rows of each table by its name, with a value for each of its columns in order. */
export type ShopRows = ReadonlyMap<string, readonly ShopRow[]>;

const customerCount = 600;
const productCount = 240;
const orderCount = 1500;
/** All times lie in the two years before this. */
const latest = Date.UTC(2026, 5, 30, 20, 0, 0);
const twoYears = 2 * 365 * 86_400_000;

/** Makes all rows: a few thousand. */
export function shopRows(seed: number): ShopRows {
  const random = new SeededRandom(seed);
  const customers = Array.from({ length: customerCount }, (_, index) => customerRow(random, index + 1));
  const products = Array.from({ length: productCount }, (_, index) => productRow(random, index + 1));
  const orders: ShopRow[] = [];
  const items: ShopRow[] = [];
  const payments: ShopRow[] = [];
  for (let order = 1; order <= orderCount; order += 1) {
    const lines = itemRows(random, order, products);
    const total = lines.reduce((sum, line) => sum + Number(line[3]) * cents(line[4]), 0);
    const status = random.pick(["open", "paid", "paid", "shipped", "shipped", "shipped", "cancelled"]);
    orders.push(orderRow(random, order, status, total));
    items.push(...lines);
    if (status === "paid" || status === "shipped") payments.push(paymentRow(random, payments.length + 1, order, total));
  }
  const warehouses = warehousePlaces.map((it, index) => {
    return [index + 1, it.name, it.country, it.opens, it.closes, it.since, it.latitude, it.longitude];
  });
  return new Map<string, readonly ShopRow[]>([
    ["warehouses", warehouses],
    ["customers", customers],
    ["products", products],
    ["orders", orders],
    ["order_items", items],
    ["payments", payments],
  ]);
}

function customerRow(random: SeededRandom, id: number): ShopRow {
  const place: Place = random.pick(places);
  const name = `${random.pick(place.given)} ${random.pick(place.family)}`;
  const phone = random.chance(0.7) ? `${place.dial} ${random.integer(200, 899)} ${random.integer(1_000_000, 9_999_999)}` : null;
  const birth = random.chance(0.8) ? `${random.integer(1942, 2007)}-${two(random.integer(1, 12))}-${two(random.integer(1, 28))}` : null;
  const preferences = random.chance(0.5)
    ? JSON.stringify({
        language: place.country.toLowerCase(),
        theme: random.pick(["light", "dark"]),
        tags: ["regular", "💎"].slice(0, random.integer(0, 2)),
      })
    : null;
  const city = random.pick(place.cities);
  const newsletter = random.chance(0.4) ? 1 : 0;
  return [id, `customer${id}@example.net`, name, place.country, city, phone, birth, newsletter, preferences, pastTime(random)];
}

function productRow(random: SeededRandom, id: number): ShopRow {
  const { category, nouns } = random.pick(productNouns);
  const name = `${random.pick(productAdjectives)} ${random.pick(nouns)}`;
  const weight = random.chance(0.9) ? random.integer(5, 9_000) / 1000 : null;
  const attributes = random.chance(0.6)
    ? JSON.stringify({ colour: random.pick(["red", "grün", "青", null]), warranty_years: random.integer(1, 10) })
    : null;
  const thumbnail = random.chance(0.3)
    ? Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), random.bytes(random.integer(24, 90))])
    : null;
  const discontinued = random.chance(0.08) ? pastTime(random).slice(0, 10) : null;
  const sku = `${category.slice(0, 3).toUpperCase()}-${String(id).padStart(5, "0")}`;
  return [
    id,
    sku,
    name,
    category,
    money(random.integer(250, 49_900)),
    weight,
    random.integer(200, 900),
    attributes,
    thumbnail,
    discontinued,
  ];
}

function orderRow(random: SeededRandom, id: number, status: string, total: number): ShopRow {
  const placed = pastTime(random);
  const shipped = status === "shipped" ? `${placed.slice(0, 10)} 23:${two(random.integer(0, 59))}:00` : null;
  const note = random.chance(0.25) ? random.pick(orderNotes) : null;
  return [id, random.integer(1, customerCount), status, random.pick(places).currency, money(total), note, placed, shipped];
}

function itemRows(random: SeededRandom, order: number, products: readonly ShopRow[]): ShopRow[] {
  return Array.from({ length: random.integer(1, 4) }, (_, index) => {
    const product = random.pick(products);
    return [order, index + 1, product[0] ?? null, random.integer(1, 5), product[4] ?? null];
  });
}

function paymentRow(random: SeededRandom, id: number, order: number, total: number): ShopRow {
  const method = random.pick(["card", "card", "card", "transfer", "wallet"]);
  const card = method === "card" ? `**** **** **** ${String(random.integer(0, 9999)).padStart(4, "0")}` : null;
  return [id, order, method, card, money(total), pastTime(random), random.bytes(16)];
}

/** An amount of cents as MySQL writes a DECIMAL with two places. */
export function money(amountInCents: number): string {
  return `${Math.floor(amountInCents / 100)}.${two(amountInCents % 100)}`;
}

function cents(amount: ShopValue | undefined): number {
  return Math.round(Number(amount) * 100);
}

function pastTime(random: SeededRandom): string {
  const at = new Date(latest - Math.floor(random.next() * twoYears));
  const micros = String(random.integer(0, 999)).padStart(3, "0");
  return `${at.toISOString().slice(0, -1).replace("T", " ")}${micros}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
