/** The names that files of a bundle may have: each is known, so that nothing can hide under another. */

import { bundleLimits } from "./limits.ts";
import { BundleFault } from "./verdict.ts";

const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

const knownNames: readonly RegExp[] = [
  /^(bagit|bag-info|manifest-sha256|tagmanifest-sha256)\.txt$/,
  /^data\/(VERIFY\.txt|report\.html)$/,
  new RegExp(
    `^data/sessions/${uuid}/(header\\.json|events\\.jsonl|disclosures\\.jsonl|seal\\.sigstore\\.json|seal\\.device\\.sigstore\\.json|wire\\.steno)$`,
  ),
  /^data\/device\/(checkpoint|entries\.jsonl|consistency\.json|keys\.json)$/,
  /^data\/identity\/[A-Za-z0-9_-]{1,100}\.json$/,
  /^data\/redaction\/[0-9]{1,6}\.json$/,
  /^sig\/(export\.sigstore\.json|export\.identity\.sigstore\.json|export\.tsr)$/,
  /^custody\/[0-9]{4}\.json$/,
];

/** Why a file of this name cannot be taken out of a ZIP without harm; `null` where it can. */
export function harmInName(raw: Buffer): string | null {
  if (raw.length === 0) return "a file has no name";
  if (raw.length > bundleLimits.nameBytes) return `the name of a file is ${raw.length} bytes long`;
  const name = raw.toString("latin1");
  if (/^(\/|[A-Za-z]:)/.test(name)) return "the name is an absolute path";
  if (name.includes("\\")) return "the name has a backslash in it";
  if (name.split("/").some((part) => part === ".." || part === "." || part === ""))
    return "the name leads out of the bundle, or is a folder's";
  return /^[\x21-\x7e]+$/.test(name) ? null : "the name has characters that no name in a bundle has";
}

/** Refuses a name that no file of a bundle has. Throws a `BundleFault` (`E_EXTRA`). */
export function checkKnownName(name: string): void {
  if (!knownNames.some((known) => known.test(name))) throw new BundleFault("E_EXTRA", "a bundle has no such file", { file: name });
}

/** The sessions whose files are among `names`, in order. */
export function sessionsAmong(names: Iterable<string>): string[] {
  const found = new Set<string>();
  for (const name of names) {
    const [top, folder, session] = name.split("/");
    if (top === "data" && folder === "sessions" && session !== undefined) found.add(session);
  }
  return [...found].sort();
}
