import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { findViolations } from "./cruise.ts";

const repository = join(import.meta.dirname, "..", "..");

describe("the product", () => {
  it("imports one way only", async () => {
    const { modules, violations } = await findViolations(repository);
    expect(modules).toBeGreaterThan(100);
    expect(violations.map(({ text }) => text)).toEqual([]);
  });
});

describe("the rules", () => {
  const trees: string[] = [];
  afterEach(() => {
    for (const tree of trees.splice(0)) rmSync(tree, { recursive: true, force: true });
  });

  /** Names of the rules that a made-up product breaks. Entries that other files are reached from are there, and empty. */
  async function rulesBrokenBy(files: Record<string, string>): Promise<string[]> {
    const tree = mkdtempSync(join(tmpdir(), "stenograph-rules-"));
    trees.push(tree);
    symlinkSync(join(repository, "node_modules"), join(tree, "node_modules"));
    const manifest = JSON.stringify({
      type: "module",
      dependencies: { ws: "*", zod: "*" },
      devDependencies: { mariadb: "*", electron: "*" },
    });
    const entries = { "package.json": manifest, "proxy/main.ts": "", "renderer/main.tsx": "", "electron/main.ts": "" };
    for (const [path, text] of Object.entries({ ...entries, ...files })) {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      writeFileSync(join(tree, path), text);
    }
    return (await findViolations(tree)).violations.map(({ rule }) => rule);
  }

  it.each([
    ["model-alone", "proxy/model/a.ts", 'import "../protocol/b.ts";', "proxy/protocol/b.ts"],
    ["protocol-alone", "proxy/protocol/a.ts", 'import "../recording/b.ts";', "proxy/recording/b.ts"],
    ["sql-alone", "proxy/sql/a.ts", 'import "../model/b.ts";', "proxy/model/b.ts"],
    ["protocol-pure", "proxy/protocol/a.ts", 'import { Socket } from "node:net"; export const s = Socket;', "proxy/model/b.ts"],
    ["parts-apart", "proxy/recording/a.ts", 'import "../library/b.ts";', "proxy/library/b.ts"],
    ["library-apart", "proxy/library/a.ts", 'import "../api/b.ts";', "proxy/api/b.ts"],
    ["evidence-apart", "proxy/evidence/a.ts", 'import "../identity/b.ts";', "proxy/identity/b.ts"],
    ["relay-interfaces", "proxy/relay/a.ts", 'import { b } from "../recording/b.ts"; export const c = b;', "proxy/recording/b.ts"],
    ["relay-not-api", "proxy/relay/a.ts", 'import type { B } from "../api/b.ts"; export type C = B;', "proxy/api/b.ts"],
    ["sockets-in-relay", "proxy/library/a.ts", 'import { connect } from "node:net"; export const c = connect;', "proxy/model/b.ts"],
    ["api-not-relay", "proxy/api/a.ts", 'export const b = () => import("../relay/b.ts");', "proxy/relay/b.ts"],
    ["contract-alone", "proxy/api/contract.ts", 'import type { B } from "../model/b.ts"; export type C = B;', "proxy/model/b.ts"],
    ["entries-on-top", "proxy/library/a.ts", 'export * from "../compose.ts";', "proxy/compose.ts"],
    ["demo-on-top", "proxy/api/a.ts", 'import "../demo/b.ts";', "proxy/demo/b.ts"],
    ["core-without-hosts", "proxy/api/a.ts", 'import type { App } from "electron"; export type C = App;', "proxy/model/b.ts"],
    ["core-without-dev-dependencies", "proxy/demo/a.ts", 'import m from "mariadb"; export const n = m;', "proxy/model/b.ts"],
    ["setup-alone", "proxy/setup/a.mjs", 'import "ws";', "proxy/model/b.ts"],
    ["renderer-by-contract", "renderer/a.tsx", 'import type { B } from "../proxy/library/b.ts"; export type C = B;', "proxy/library/b.ts"],
    ["renderer-without-node", "renderer/a.tsx", 'import { join } from "node:path"; export const j = join;', "proxy/model/b.ts"],
    ["electron-thin", "electron/a.ts", 'import "../proxy/library/b.ts";', "proxy/library/b.ts"],
    ["no-tests", "proxy/api/a.ts", 'import "../../test/b.ts";', "test/b.ts"],
    ["resolvable", "proxy/api/a.ts", 'import "./missing.ts";', "proxy/model/b.ts"],
    ["no-circles", "proxy/api/a.ts", 'import type { B } from "./b.ts"; export type A = B;', "proxy/api/b.ts"],
  ])("catch %s in %s", async (rule, file, code, other) => {
    const back = rule === "no-circles" ? 'import type { A } from "./a.ts"; export type B = A;' : "export const b = 1; export type B = 1;";
    expect(await rulesBrokenBy({ [file]: code, [other]: back })).toContain(rule);
  });

  it("catch a module that nothing uses", async () => {
    expect(await rulesBrokenBy({ "proxy/model/a.ts": "export const a = 1;" })).toEqual(["in-use"]);
  });

  it("let through what goes the right way", async () => {
    const files = {
      "proxy/recording/b.ts": "export type B = 1;",
      "proxy/protocol/c.ts": "export const c = 1;",
      "proxy/relay/a.ts": 'import type { B } from "../recording/b.ts"; import { c } from "../protocol/c.ts"; export const d: B = c;',
      "proxy/relay-thread.ts": 'import "./relay/a.ts";',
    };
    expect(await rulesBrokenBy(files)).toEqual([]);
  });
});
