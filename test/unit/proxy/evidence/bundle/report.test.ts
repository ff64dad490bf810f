import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseWithholdingRule } from "../../../../../proxy/evidence/bundle/withholding-rules.ts";
import { EvidenceWorkstation } from "../../../../support/evidence/evidence-workstation.ts";
import { unzipped } from "../../../../support/evidence/unzipped.ts";
import { temporaryDirectory } from "../../../../support/stenograph.ts";

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

async function reportOf(session: string, rules: readonly string[] = [], reason: string | null = null): Promise<string> {
  const { file } = await workstation.export([session], "bundle.zip", { rules: rules.map(parseWithholdingRule), reason });
  return (await unzipped(file)).get("data/report.html")?.toString("utf8") ?? "";
}

const dana = {
  kind: "person",
  name: "Dana <b>Ortiz</b>",
  authenticated: true,
  issuer: "https://login.example.com",
  subject: "248289761001",
  email: null,
  groups: [],
  via: "oidc",
  signIn: null,
} as const;

describe("The report of a bundle", { timeout: 90_000 }, () => {
  it("tells who, where, what was run and what came back, and how far that is proven", async () => {
    const session = await workstation.record(
      (recorded, at) =>
        recorded
          .query("SELECT name FROM customers", at, { rows: ["a", "b"] })
          .query("SELEC", at + 1, { error: 1064, message: "near 'SELEC'" }),
      { actor: dana },
    );
    const report = await reportOf(session);
    const text = report.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
    for (const fact of [
      "https://login.example.com (oidc)",
      "248289761001",
      "app@localhost",
      "127.0.0.1:3306, version 9.7.0, thread 8",
      "SELECT name FROM customers",
      "2 rows returned",
      "error 1064 (42000): near &#39;SELEC&#39;",
      "statements are numbered 1 to 2 without a gap",
      workstation.key.keyId,
      "Template for a custodian's certification",
      "claimed",
    ]) {
      expect(text, fact).toContain(fact);
    }
  });

  it("has nothing in it that runs or is loaded, whatever was recorded", async () => {
    const hostile = `<script>alert(1)</script><img src=x onerror=alert(1)>"'&</pre></article>`;
    const session = await workstation.record((recorded, at) => recorded.query(`SELECT '${hostile}'`, at, { error: 1, message: hostile }), {
      actor: dana,
      claimed: { program_name: hostile },
      account: hostile,
      connection: hostile,
      schema: hostile,
    });
    const report = await reportOf(session, ["literal:nothing of it"], hostile);
    expect(report).not.toMatch(/<(script|img|link|iframe|object|b>Ortiz)/i);
    expect(report).not.toMatch(/<[a-z][^>]*\s(src|href|on\w+)\s*=/i);
    expect(report).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(report).toContain("default-src 'none'");
  });

  it("shows characters that hide or turn what is around them by their codes, and keeps lines", async () => {
    const session = await workstation.record((recorded, at) => recorded.query("SELECT '\u202etxt.exe\u200b\u0007',\n\t1", at));
    const report = await reportOf(session);
    for (const code of ["\\u202e", "\\u200b", "\\u0007"]) expect(report).toContain(`<span class="code">${code}</span>`);
    for (const character of ["\u202e", "\u200b", "\u0007"]) expect(report).not.toContain(character);
    expect(report).toContain(",\n\t1");
  });

  it("marks what is withheld in its place, and tells who withheld what and why", async () => {
    const session = await workstation.record((recorded, at) => recorded.query("SELECT 'hush-hush', 2", at));
    const report = await reportOf(session, ["literals"], "out of scope");
    expect(report).not.toContain("hush");
    expect(report).toContain(`SELECT <span class="withheld">withheld</span>, <span class="withheld">withheld</span>`);
    expect(report).toContain("out of scope");
  });

  it("stays of a size that can be read, and says what it leaves out", async () => {
    const session = await workstation.record((recorded, at) => {
      for (let each = 0; each < 230; each += 1) recorded.query(`SELECT '${"long ".repeat(13_500)}'`, at + each);
    });
    const report = await reportOf(session);
    expect(report.length).toBeLessThan(14 * 1024 * 1024);
    expect(report).toContain("The text goes on: it has 67509 bytes.");
    expect(report).toMatch(/\d+ further statements are not in this report/);
    expect(report).toContain("statements are numbered 1 to 230 without a gap");
  });
});
