/** BagIt's manifests (RFC 8493): every file of a bundle, and no other, with the digest of its bytes. */
import type { BundleFiles } from "./bundle-files.ts";
import { BundleFault } from "./verdict.ts";

const payloadManifest = "manifest-sha256.txt";
const tagManifest = "tagmanifest-sha256.txt";
const declaration = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
const tagFiles: readonly string[] = ["bagit.txt", "bag-info.txt", payloadManifest];
const needed: readonly string[] = [...tagFiles, tagManifest];

/**
 * Reads every file once, and holds it against the manifests. Rejects with a `BundleFault`: `E_EXTRA` for a file that is not listed,
 * `E_GAP` for one that is listed and missing, `E_HASH` for one with other bytes, `E_TYPE` where a manifest is none.
 */
export async function checkManifests(files: BundleFiles): Promise<void> {
  for (const name of needed) if (!files.has(name)) throw new BundleFault("E_GAP", "it is missing", { file: name });
  if ((await files.whole("bagit.txt")).toString("latin1") !== declaration) {
    throw new BundleFault("E_TYPE", "it does not declare a bag of version 1.0", { file: "bagit.txt" });
  }
  const payload = await readManifest(files, payloadManifest);
  const tags = await readManifest(files, tagManifest);
  const isPayload = (name: string): boolean => name.startsWith("data/");
  checkNames(payload, files.names.filter(isPayload), payloadManifest);
  checkNames(tags, tagFiles, tagManifest);
  for (const [listed, manifest] of [
    [tags, tagManifest],
    [payload, payloadManifest],
  ] as const) {
    for (const [name, digest] of listed) {
      if ((await files.digest(name)) !== digest)
        throw new BundleFault("E_HASH", `its bytes are not those that ${manifest} lists`, { file: name });
    }
  }
  for (const name of files.names) await files.digest(name);
}

async function readManifest(files: BundleFiles, manifest: string): Promise<ReadonlyMap<string, string>> {
  const text = (await files.whole(manifest)).toString("latin1");
  const lines = text.split("\n");
  const listed = new Map<string, string>();
  if (lines.pop() !== "") throw new BundleFault("E_TYPE", "its last line does not end", { file: manifest });
  for (const [index, line] of lines.entries()) {
    const place = { file: manifest, position: `line ${index + 1}` };
    const [, digest, name] = /^([0-9a-f]{64}) {2}([\x21-\x7e]+)$/.exec(line) ?? [];
    if (digest === undefined || name === undefined) throw new BundleFault("E_TYPE", "this is not a digest and a name", place);
    if (listed.has(name)) throw new BundleFault("E_TYPE", `it lists ${name} twice`, place);
    listed.set(name, digest);
  }
  return listed;
}

function checkNames(listed: ReadonlyMap<string, string>, present: readonly string[], manifest: string): void {
  for (const name of present) if (!listed.has(name)) throw new BundleFault("E_EXTRA", `${manifest} does not list it`, { file: name });
  const there = new Set(present);
  for (const name of listed.keys()) {
    if (!there.has(name)) throw new BundleFault("E_GAP", `${manifest} lists it, and it is missing`, { file: name });
  }
}
