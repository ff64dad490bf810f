/** What the exporter signs: the bag's manifests and tags as subjects, and what was exported. */
import type { Actor } from "../../model/actor.ts";
import type { UnixMicros } from "../../model/value.ts";
import { signEnvelope } from "../signing/dsse.ts";
import { inTotoPayloadType, type Statement, type Subject, statementBytes, statementOf } from "../signing/in-toto.ts";
import type { Signer } from "../signing/signer.ts";
import { type SigstoreBundle, sigstoreBundleOf } from "../signing/sigstore-bundle.ts";
import type { BagFile } from "./bag.ts";

export const exportPredicateType = "https://stenograph.dev/attestation/export/v1";

/** The files that the statement is about; through the manifest it covers everything under `data/`. */
export const exportSubjects: readonly string[] = ["bag-info.txt", "bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"];

export interface ExportPredicate {
  readonly exportId: string;
  readonly at: UnixMicros;
  readonly exporter: Actor;
  readonly sessions: readonly string[];
  /** SHA-256 in hex of the manifest of the bundle that this one was made from; `null` where it was made from recordings. */
  readonly parent: string | null;
  /** How many redaction records there are, and how many parts are withheld in all. */
  readonly redactions: { readonly records: number; readonly parts: number };
  /** The device log when it was exported. `root` in hex. */
  readonly checkpoint: { readonly size: number; readonly root: string };
  readonly program: { readonly name: string; readonly version: string };
}

export type ExportStatement = Statement<ExportPredicate>;

/** The bytes that are signed, over those of `files` that are subjects. */
export function exportStatementBytes(files: readonly BagFile[], predicate: ExportPredicate): Buffer {
  const subjects = exportSubjects.map((name): Subject => {
    const file = files.find(({ path }) => path === name);
    if (file === undefined) throw new TypeError(`the bundle has no ${name}`);
    return { name, digest: { sha256: file.sha256 } };
  });
  return statementBytes(statementOf(subjects, exportPredicateType, predicate));
}

/** Signs the statement. Throws a `FailureError` where the signer's key is gone. */
export function signExport(signer: Signer, statement: Buffer): SigstoreBundle {
  return sigstoreBundleOf(signEnvelope(signer, inTotoPayloadType, statement));
}
