/** The exporter's signature: over the manifests and tags of the bag, and through them over all files under `data/`. */
import { z } from "zod";
import { exportPredicateType, exportSubjects } from "../bundle/export-statement.ts";
import type { PublicJwk } from "../signing/public-key.ts";
import type { BundleFiles } from "./bundle-files.ts";
import { sessionsAmong } from "./entry-names.ts";
import { actor, count, hex, program, text, time } from "./shapes.ts";
import { openStatement, readSigned, type SignedStatement } from "./signed-statement.ts";
import { BundleFault } from "./verdict.ts";

export const exportFile = "sig/export.sigstore.json";
export const exporterFile = "sig/export.identity.sigstore.json";

const predicateSchema = z.strictObject({
  exportId: text,
  at: time,
  exporter: actor,
  sessions: z.array(text).min(1),
  parent: hex.nullable(),
  redactions: z.strictObject({ records: count, parts: count }),
  checkpoint: z.strictObject({ size: count, root: hex }),
  program,
});

export type ExportFacts = Readonly<z.output<typeof predicateSchema>>;

export interface SignedExport {
  readonly facts: ExportFacts;
  readonly signed: SignedStatement;
}

/**
 * Verifies the device's signature over the export and that the bundle is what it says. Rejects with a `BundleFault`: `E_SIG`, `E_TYPE`,
 * `E_GAP` and `E_EXTRA` where sessions are missing or too many.
 */
export async function checkExport(files: BundleFiles, keyOf: (keyId: string) => PublicJwk | null): Promise<SignedExport> {
  const signed = await readSigned(files, exportFile, keyOf);
  const { subjects, predicate } = openStatement(signed.payload, exportPredicateType, predicateSchema, exportFile);
  if (subjects.size !== exportSubjects.length)
    throw new BundleFault("E_TYPE", "it is about other files than a bundle's", { file: exportFile });
  for (const name of exportSubjects) {
    const digest = subjects.get(name);
    if (digest === undefined) throw new BundleFault("E_TYPE", `it is not about ${name}`, { file: exportFile });
    if (digest !== (await files.digest(name))) throw new BundleFault("E_SIG", "it is not the file that was signed", { file: name });
  }
  checkSessions(predicate.sessions, sessionsAmong(files.names));
  return { facts: predicate, signed };
}

/** The exporter's own signature, where there is one: over the same statement. Gives the id of its key. */
export async function checkExporter(
  files: BundleFiles,
  keyOf: (keyId: string) => PublicJwk | null,
  payload: Buffer,
): Promise<string | null> {
  if (!files.has(exporterFile)) return null;
  const signed = await readSigned(files, exporterFile, keyOf);
  if (!signed.payload.equals(payload))
    throw new BundleFault("E_SIG", "it signs something else than the device did", { file: exporterFile });
  return signed.keyId;
}

function checkSessions(exported: readonly string[], present: readonly string[]): void {
  const place = { file: exportFile };
  if (new Set(exported).size !== exported.length) throw new BundleFault("E_TYPE", "it names a session twice", place);
  for (const session of exported) {
    if (!present.includes(session)) throw new BundleFault("E_GAP", `session ${session} was exported, and is missing`, place);
  }
  for (const session of present) {
    if (!exported.includes(session)) throw new BundleFault("E_EXTRA", `session ${session} was not exported, and is there`, place);
  }
}
