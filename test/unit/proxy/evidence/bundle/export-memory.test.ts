import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseWithholdingRule } from "../../../../../proxy/evidence/bundle/withholding-rules.ts";
import { EvidenceWorkstation } from "../../../../support/evidence/evidence-workstation.ts";
import { heldBytes } from "../../../../support/held-memory.ts";
import { temporaryDirectory } from "../../../../support/stenograph.ts";

const mebibyte = 1024 * 1024;

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

describe("An export of a large session", () => {
  it.each([
    ["open", []],
    ["in parts", ["column:customers.name", "literal:row 77 of"]],
  ])("holds little of it at any time, %s", { timeout: 180_000 }, async (_what, rules) => {
    const session = await workstation.record((recorded, at) => {
      for (let each = 0; each < 8; each += 1) {
        // Made anew for each statement: what is held is the export's.
        recorded.query("SELECT name FROM customers", at + each, {
          rows: Array.from({ length: 4000 }, (_, row) => `row ${row} of ${each} `.repeat(80)),
        });
      }
    });
    const size = workstation.sources([session])[0]?.bytes ?? 0;
    expect(size).toBeGreaterThan(32 * mebibyte);
    const before = heldBytes();
    let looked = 0;
    let looks = 0;
    let most = 0;
    const progress = ({ doneBytes }: { readonly doneBytes: number }): void => {
      if (Math.abs(doneBytes - looked) < 4 * mebibyte) return;
      looked = doneBytes;
      looks += 1;
      most = Math.max(most, heldBytes() - before);
    };
    await workstation.export([session], "bundle.zip", { rules: rules.map(parseWithholdingRule) }, { progress });
    expect(looks).toBeGreaterThan(4);
    expect(most).toBeLessThan(28 * mebibyte);
  });
});
