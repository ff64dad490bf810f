import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { previewWithholding } from "../../../../../proxy/evidence/bundle/preview.ts";
import { parseWithholdingRule } from "../../../../../proxy/evidence/bundle/withholding-rules.ts";
import { commitmentOfText } from "../../../../../proxy/evidence/events/commitment.ts";
import { EvidenceWorkstation } from "../../../../support/evidence/evidence-workstation.ts";
import { unzipped } from "../../../../support/evidence/unzipped.ts";
import type { RecordedSession } from "../../../../support/library/recorded-session.ts";
import { temporaryDirectory } from "../../../../support/stenograph.ts";

const canary = "4111-CANARY-1111";
const card = { name: "card_number", table: "orders" };

let directory: ReturnType<typeof temporaryDirectory>;
let workstation: EvidenceWorkstation;

beforeEach(() => {
  directory = temporaryDirectory();
  workstation = new EvidenceWorkstation(directory.path);
});

afterEach(async () => {
  await workstation[Symbol.asyncDispose]();
  directory[Symbol.dispose]();
});

interface Line {
  readonly n: number;
  readonly path: string;
  readonly salt?: string;
  readonly value?: unknown;
  readonly withheld?: string;
}

/** Exports one session by rules. `lines`: its disclosures; `all`: every byte of every file. */
async function exported(fill: (session: RecordedSession, at: number) => unknown, rules: readonly string[], out = "withheld.zip") {
  const session = await workstation.record(fill);
  const parsed = rules.map((rule) => parseWithholdingRule(rule.replace("SESSION", session)));
  const result = await workstation.export([session], out, { rules: parsed, reason: "cards are nobody's business" });
  const files = await unzipped(result.file);
  const disclosures = files.get(`data/sessions/${session}/disclosures.jsonl`)?.toString("utf8") ?? "";
  const lines = disclosures
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
  const preview = await previewWithholding(workstation.sources([session]), parsed);
  expect(preview.counts).toEqual(result.withheld);
  return { session, result, files, lines, all: Buffer.concat([readFileSync(result.file), ...files.values()]) };
}

function withheldPaths(lines: readonly Line[]): string[] {
  return lines.filter(({ withheld }) => withheld !== undefined).map(({ n, path }) => `${n}/${path}`);
}

/** In every way in which a file may have it. */
function expectNowhere(text: string, bytes: Buffer): void {
  const utf16 = Buffer.from(text, "utf16le");
  const shifted = [0, 1, 2].map((bytesBefore) =>
    Buffer.concat([Buffer.alloc(bytesBefore), Buffer.from(text)])
      .toString("base64")
      .slice(4, -4),
  );
  const forms = [text, text.toLowerCase(), Buffer.from(text).toString("hex"), Buffer.from(text).toString("hex").toUpperCase(), ...shifted];
  for (const form of forms) expect(bytes.includes(form), form).toBe(false);
  for (const form of [utf16, Buffer.from(utf16).swap16()]) expect(bytes.includes(form)).toBe(false);
}

describe("Withholding", { timeout: 90_000 }, () => {
  it("of a column leaves nothing of it anywhere, in whatever form it was sent, nor its salts", async () => {
    const { all, lines, files, session } = await exported(
      (recorded, at) =>
        recorded
          .query("SELECT card_number, id FROM orders", at, {
            columns: [card, { name: "id", table: "orders" }],
            cells: [[canary, "open-1"]],
          })
          .query(`UPDATE orders SET card_number = '${canary}' WHERE id = 1 /* ${canary} */`, at + 1)
          .query(`UPDATE Orders SET card_number = 0x${Buffer.from(canary).toString("hex")}`, at + 2, {
            error: 1062,
            message: `Duplicate entry '${canary}'`,
          })
          .query("SELECT CONCAT(card_number) AS c FROM shop.`orders`", at + 3, { columns: [{ name: "c" }], cells: [[canary]] })
          .query("SELECT card_number AS n FROM orders", at + 4, {
            columns: [{ ...card, name: "n", orgName: "card_number", binary: true }],
            cells: [[Buffer.from(canary)]],
          })
          .query(`SELECT '${canary}', id FROM orders`, at + 5, {
            columns: [{ name: canary }, { name: "id", table: "orders" }],
            cells: [[canary, "open-2"]],
          })
          .query("SELECT c FROM (SELECT DISTINCT card_number AS c FROM orders) AS t", at + 8, {
            columns: [{ name: "c", table: "orders", orgName: "c" }],
            cells: [[canary]],
          })
          .query("SELECT 'kept' FROM customers", at + 6, { rows: ["open-3"] }),
      ["column:orders.card_number"],
    );
    expectNowhere(canary, all);
    for (const open of ["open-1", "open-2", "open-3", "'kept'"]) expect(all.includes(open), open).toBe(true);
    expect([...files.keys()].filter((name) => name.endsWith(".steno"))).toEqual([]);
    expect(lines.filter(({ withheld }) => withheld !== undefined).every((line) => !("salt" in line) && !("value" in line))).toBe(true);
    expect(withheldPaths(lines)).toContain("1/results/0/blocks/0/0");
    expect(withheldPaths(lines)).not.toContain("1/results/0/blocks/0/1");
    expect(files.get("data/redaction/0001.json")?.toString()).toContain("cards are nobody's business");
    expect(files.get(`data/sessions/${session}/header.json`)?.toString()).toContain(`"withheld":{"cells":`);
  });

  it("of a column takes the values of a command whose text is not known", async () => {
    const { all, lines } = await exported((recorded, at) => recorded.processInfo(at, canary), ["column:orders.card_number"]);
    expectNowhere(canary, all);
    expect(withheldPaths(lines)).toEqual(["1/results/0/definitions", "1/results/0/blocks/0/0", "1/details"]);
  });

  it("of a literal finds it in SQL, cells, bytes, column names, messages and notes, and tells it nowhere", async () => {
    const utf16 = Buffer.from(canary, "utf16le");
    const { all, lines } = await exported(
      (recorded, at) =>
        recorded
          .query(`SELECT '${canary.toLowerCase()}' AS x, 'open-1'`, at, { columns: [{ name: "x" }], cells: [[`in ${canary} it`]] })
          .query("SELECT note FROM notes", at + 1, {
            columns: [
              { name: "note", table: "notes", binary: true },
              { name: "open", table: "notes" },
            ],
            cells: [[utf16, "open-2"]],
          })
          .query("SELECT broken", at + 2, { error: 1064, message: `near '${canary}'` })
          .query(`SELECT 0x${Buffer.from(canary).toString("hex")}`, at + 3),
      [`literal:${canary}`],
    );
    expectNowhere(canary, all);
    for (const open of ["'open-1'", "open-2"]) expect(all.includes(open), open).toBe(true);
    expect(withheldPaths(lines)).toContain("3/details");
  });

  it("of a literal takes the whole text where it lies across the pieces of a statement", async () => {
    const { all } = await exported((recorded, at) => recorded.query("SELECT a FROM t WHERE pin=1234 AND x", at), ["literal:pin=1234 and"]);
    expect(all.includes("pin")).toBe(false);
  });

  it("of a statement takes its contents and nothing of the others", async () => {
    const { all, lines } = await exported(
      (recorded, at) => recorded.query("SELECT 'first'", at, { rows: ["row-1"] }).query("SELECT 'second'", at + 1, { rows: ["row-2"] }),
      ["statement:SESSION/2"],
    );
    expect(["'second'", "row-2"].some((text) => all.includes(text))).toBe(false);
    expect(["'first'", "row-1"].every((text) => all.includes(text))).toBe(true);
    expect(lines.filter(({ n }) => n === 2).every(({ withheld }) => withheld !== undefined)).toBe(true);
    expect(lines.filter(({ n }) => n !== 2).every(({ withheld }) => withheld === undefined)).toBe(true);
  });

  it("of all results leaves the statements, and of all literals what is no value", async () => {
    const session = (recorded: RecordedSession, at: number) =>
      recorded.query("SELECT name FROM customers WHERE id = 77 -- 88", at, { rows: ["anna"] });
    const results = await exported(session, ["results"], "results.zip");
    expect(results.all.includes('"anna"]')).toBe(false);
    expect(results.all.includes("SELECT name FROM customers WHERE id = ")).toBe(true);
    const literals = await exported(session, ["literals"], "literals.zip");
    expect(literals.all.includes('["anna"]')).toBe(true);
    expect(["77", "88"].some((value) => literals.lines.some((line) => JSON.stringify(line.value ?? "").includes(value)))).toBe(false);
  });

  it("says what it cannot do where a text stands in a header, which is always open", async () => {
    const session = await workstation.record((recorded, at) => recorded.query("SELECT 1", at), { account: "root@elsewhere" });
    const preview = await previewWithholding(workstation.sources([session]), [parseWithholdingRule("literal:root@elsewhere")]);
    expect(preview.limits.join(" ")).toContain("stands in 2 of them");
  });

  it("keeps the commitments of what is withheld, so that it can be opened later and is found to fit", async () => {
    const session = await workstation.record((recorded, at) => recorded.query("SELECT 'secret'", at));
    const read = async (rules: readonly string[], name: string): Promise<Line[]> => {
      const { file } = await workstation.export([session], name, { rules: rules.map(parseWithholdingRule) });
      const disclosures = (await unzipped(file)).get(`data/sessions/${session}/disclosures.jsonl`)?.toString("utf8") ?? "";
      return disclosures
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Line);
    };
    const open = await read([], "open.zip");
    const closed = await read(["literals"], "closed.zip");
    for (const [at, { n, path, withheld }] of closed.entries()) {
      const { salt = "", value } = open[at] as Line;
      if (withheld === undefined) continue;
      expect(commitmentOfText(`${n}/${path}`, Buffer.from(salt, "hex"), JSON.stringify(value)).toString("hex")).toBe(withheld);
    }
    expect(withheldPaths(closed)).toEqual(["1/sql/1", "1/details"]);
  });
});
