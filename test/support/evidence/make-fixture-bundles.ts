/**
 * Makes the bundles that every later release must be able to verify: `node test/support/evidence/make-fixture-bundles.ts`. It makes
 * them for the program's version, and never again for one that is there.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { custodyEntry } from "../../../proxy/evidence/custody/custody-entry.ts";
import { program } from "../../../proxy/model/program.ts";
import { AttackedBundle, sha256 } from "./attacked-bundle.ts";
import { ProvenWorld } from "./proven-world.ts";
import { hasTimestampAuthority } from "./timestamp-authority.ts";

const folder = fileURLToPath(new URL(`../../fixtures/bundles/${program.version}`, import.meta.url));
if (!hasTimestampAuthority) throw new Error("openssl is needed for the timestamp.");
fs.mkdirSync(folder, { recursive: false });

const directory = fs.mkdtempSync(path.join(os.tmpdir(), "stenograph-fixture-"));
try {
  await using world = await ProvenWorld.create(directory);
  fs.copyFileSync(world.file, path.join(folder, "whole.zip"));
  const { sessions, dana, workstation } = world;
  const rules = [{ kind: "column", schema: null, table: "orders", column: "card_number" }] as const;
  await workstation.export(sessions, path.join(folder, "withheld.zip"), { rules, reason: "card numbers", exporter: dana.actor });
  const opened = await AttackedBundle.of(world.file);
  const facts = { manifestSha256: sha256(opened.bytes("manifest-sha256.txt")), previous: null, at: workstation.startedAt, by: dana.actor };
  const entry = custodyEntry(workstation.key, { ...facts, act: { kind: "opened" } });
  fs.writeFileSync(path.join(folder, "opened.zip"), opened.set(entry.path, entry.bytes).zip());
  fs.writeFileSync(path.join(folder, "trust.json"), `${JSON.stringify(world.trust, null, 2)}\n`);
} finally {
  fs.rmSync(directory, { recursive: true, force: true });
}
