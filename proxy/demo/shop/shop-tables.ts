/** The shop that the demo plays in: its tables, described once and rendered for MySQL and for the training database. */

/** One column. `type` is MySQL's own wording. */
export interface ShopColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable?: true;
  readonly autoIncrement?: true;
}

export interface ShopForeignKey {
  readonly name: string;
  readonly column: string;
  readonly table: string;
  readonly target: string;
}

export interface ShopTable {
  readonly name: string;
  readonly columns: readonly ShopColumn[];
  readonly primaryKey: readonly string[];
  readonly unique: readonly { readonly name: string; readonly columns: readonly string[] }[];
  readonly indexes: readonly { readonly name: string; readonly columns: readonly string[] }[];
  readonly foreignKeys: readonly ShopForeignKey[];
}

const id: ShopColumn = { name: "id", type: "BIGINT UNSIGNED", autoIncrement: true };

const customers: ShopTable = {
  name: "customers",
  columns: [
    id,
    { name: "email", type: "VARCHAR(190)" },
    { name: "full_name", type: "VARCHAR(120)" },
    { name: "country", type: "CHAR(2)" },
    { name: "city", type: "VARCHAR(80)" },
    { name: "phone", type: "VARCHAR(32)", nullable: true },
    { name: "birth_date", type: "DATE", nullable: true },
    { name: "newsletter", type: "TINYINT(1)" },
    { name: "preferences", type: "JSON", nullable: true },
    { name: "created_at", type: "DATETIME(6)" },
  ],
  primaryKey: ["id"],
  unique: [{ name: "customers_email", columns: ["email"] }],
  indexes: [{ name: "customers_country", columns: ["country"] }],
  foreignKeys: [],
};

const products: ShopTable = {
  name: "products",
  columns: [
    id,
    { name: "sku", type: "VARCHAR(24)" },
    { name: "name", type: "VARCHAR(120)" },
    { name: "category", type: "VARCHAR(40)" },
    { name: "price", type: "DECIMAL(10,2)" },
    { name: "weight_kg", type: "DOUBLE", nullable: true },
    { name: "stock", type: "INT" },
    { name: "attributes", type: "JSON", nullable: true },
    { name: "thumbnail", type: "BLOB", nullable: true },
    { name: "discontinued_on", type: "DATE", nullable: true },
  ],
  primaryKey: ["id"],
  unique: [{ name: "products_sku", columns: ["sku"] }],
  indexes: [{ name: "products_category", columns: ["category"] }],
  foreignKeys: [],
};

const orders: ShopTable = {
  name: "orders",
  columns: [
    id,
    { name: "customer_id", type: "BIGINT UNSIGNED" },
    { name: "status", type: "ENUM('open','paid','shipped','cancelled')" },
    { name: "currency", type: "CHAR(3)" },
    { name: "total", type: "DECIMAL(12,2)" },
    { name: "note", type: "TEXT", nullable: true },
    { name: "placed_at", type: "DATETIME(6)" },
    { name: "shipped_at", type: "DATETIME", nullable: true },
  ],
  primaryKey: ["id"],
  unique: [],
  indexes: [
    { name: "orders_customer", columns: ["customer_id"] },
    { name: "orders_placed", columns: ["placed_at"] },
  ],
  foreignKeys: [{ name: "orders_customer_fk", column: "customer_id", table: "customers", target: "id" }],
};

const orderItems: ShopTable = {
  name: "order_items",
  columns: [
    { name: "order_id", type: "BIGINT UNSIGNED" },
    { name: "line", type: "SMALLINT UNSIGNED" },
    { name: "product_id", type: "BIGINT UNSIGNED" },
    { name: "quantity", type: "INT" },
    { name: "unit_price", type: "DECIMAL(10,2)" },
  ],
  primaryKey: ["order_id", "line"],
  unique: [],
  indexes: [{ name: "order_items_product", columns: ["product_id"] }],
  foreignKeys: [
    { name: "order_items_order_fk", column: "order_id", table: "orders", target: "id" },
    { name: "order_items_product_fk", column: "product_id", table: "products", target: "id" },
  ],
};

const payments: ShopTable = {
  name: "payments",
  columns: [
    id,
    { name: "order_id", type: "BIGINT UNSIGNED" },
    { name: "method", type: "VARCHAR(20)" },
    { name: "card_number", type: "VARCHAR(19)", nullable: true },
    { name: "amount", type: "DECIMAL(12,2)" },
    { name: "authorised_at", type: "DATETIME(6)" },
    { name: "reference", type: "VARBINARY(16)" },
  ],
  primaryKey: ["id"],
  unique: [{ name: "payments_reference", columns: ["reference"] }],
  indexes: [{ name: "payments_order", columns: ["order_id"] }],
  foreignKeys: [{ name: "payments_order_fk", column: "order_id", table: "orders", target: "id" }],
};

const warehouses: ShopTable = {
  name: "warehouses",
  columns: [
    id,
    { name: "name", type: "VARCHAR(60)" },
    { name: "country", type: "CHAR(2)" },
    { name: "opens_at", type: "TIME" },
    { name: "closes_at", type: "TIME" },
    { name: "since", type: "YEAR" },
    { name: "latitude", type: "DOUBLE" },
    { name: "longitude", type: "DOUBLE" },
  ],
  primaryKey: ["id"],
  unique: [],
  indexes: [],
  foreignKeys: [],
};

/** In an order in which each table comes after those it refers to. */
export const shopTables: readonly ShopTable[] = [warehouses, customers, products, orders, orderItems, payments];
