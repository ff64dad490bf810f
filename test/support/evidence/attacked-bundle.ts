/** A bundle in an attacker's hands: every file can be changed, and everything that is not secret is computed again. */
import { createHash } from "node:crypto";
import { manifestText } from "../../../proxy/evidence/bundle/bag.ts";
import { canonicalBytes, canonicalText } from "../../../proxy/evidence/canonical/canonical.ts";
import { leafHash } from "../../../proxy/evidence/merkle/hash.ts";
import { signEnvelope } from "../../../proxy/evidence/signing/dsse.ts";
import { inTotoPayloadType } from "../../../proxy/evidence/signing/in-toto.ts";
import type { Signer } from "../../../proxy/evidence/signing/signer.ts";
import { sigstoreBundleOf } from "../../../proxy/evidence/signing/sigstore-bundle.ts";
import { rootOf } from "./defined-tree.ts";
import { unzipped } from "./unzipped.ts";
import { zipByHand } from "./zip-by-hand.ts";

// biome-ignore lint/suspicious/noExplicitAny: an attacker is not held to types
type Json = any;

const tagFiles = ["bag-info.txt", "bagit.txt", "manifest-sha256.txt"];
const exportFile = "sig/export.sigstore.json";

export class AttackedBundle {
  readonly #files: Map<string, Buffer>;

  constructor(files: ReadonlyMap<string, Buffer>) {
    this.#files = new Map(files);
  }

  static async of(file: string): Promise<AttackedBundle> {
    return new AttackedBundle(await unzipped(file));
  }

  get names(): string[] {
    return [...this.#files.keys()];
  }

  bytes(name: string): Buffer {
    const bytes = this.#files.get(name);
    if (bytes === undefined) throw new Error(`the bundle has no ${name}`);
    return bytes;
  }

  text(name: string): string {
    return this.bytes(name).toString("utf8");
  }

  json(name: string): Json {
    return JSON.parse(this.text(name));
  }

  lines(name: string): Json[] {
    return this.text(name)
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }

  set(name: string, content: Buffer | string): this {
    this.#files.set(name, Buffer.from(content as string));
    return this;
  }

  setJson(name: string, value: unknown): this {
    return this.set(name, canonicalText(value));
  }

  setLines(name: string, values: readonly unknown[]): this {
    return this.set(name, values.map((value) => `${canonicalText(value)}\n`).join(""));
  }

  remove(...names: string[]): this {
    for (const name of names) {
      this.bytes(name);
      this.#files.delete(name);
    }
    return this;
  }

  /** Changes a text, which must be there. */
  replace(name: string, from: string, to: string): this {
    const text = this.text(name);
    if (!text.includes(from)) throw new Error(`${name} has no ${from}`);
    return this.set(name, text.replace(from, to));
  }

  /** Makes the manifests right again. */
  relist(): this {
    const listed = (names: readonly string[]): string =>
      manifestText(names.map((path) => ({ path, sha256: sha256(this.bytes(path)), bytes: 0 })));
    this.set("manifest-sha256.txt", listed(this.names.filter((name) => name.startsWith("data/"))));
    return this.set("tagmanifest-sha256.txt", listed(tagFiles));
  }

  /** The export's statement. */
  statement(): Json {
    return JSON.parse(Buffer.from(this.json(exportFile).dsseEnvelope.payload, "base64").toString("utf8"));
  }

  /** Lists all files again, and signs the export anew: as who has the device's key can. `change` changes what is signed. */
  resign(signer: Signer, change: (statement: Json) => void = () => {}): this {
    this.relist();
    const statement = this.statement();
    for (const subject of statement.subject) subject.digest.sha256 = sha256(this.bytes(subject.name));
    change(statement);
    this.setJson(exportFile, sigstoreBundleOf(signEnvelope(signer, inTotoPayloadType, canonicalBytes(statement))));
    // It signs what is no more, and says nothing that must be there.
    for (const name of ["sig/export.identity.sigstore.json", "sig/export.tsr"]) if (this.#files.has(name)) this.remove(name);
    return this;
  }

  /** Writes leaves of a session, and makes their chain and the header's root right again. */
  rechain(session: string, leaves: readonly Json[]): this {
    let previous: Buffer | null = null;
    const hashes: Buffer[] = [];
    for (const [n, leaf] of leaves.entries()) {
      leaf.n = n;
      leaf.prev = previous?.toString("hex") ?? null;
      previous = leafHash(canonicalBytes(leaf));
      hashes.push(previous);
    }
    const folder = `data/sessions/${session}`;
    const root = rootOf(hashes).toString("hex");
    const header = this.json(`${folder}/header.json`);
    this.setLines(`${folder}/events.jsonl`, leaves);
    return this.setJson(`${folder}/header.json`, {
      ...header,
      root,
      events: leaves.length,
      seal: { ...header.seal, root, events: leaves.length },
    });
  }

  zip(): Buffer {
    return zipByHand([...this.#files].map(([name, content]) => ({ name, content })));
  }
}

export function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
