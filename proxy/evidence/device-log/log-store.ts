import { mkdir, readFile, rename } from "node:fs/promises";
import { basename } from "node:path";
import { writePrivateFile } from "../../identity/private-file.ts";
import type { UnixMicros } from "../../model/value.ts";
import { CompactTree } from "../merkle/compact-tree.ts";
import { emptyRoot, leafHash } from "../merkle/hash.ts";
import { type DeviceJwk, keyIdOf, readPublicJwk } from "../signing/public-key.ts";
import type { Signer } from "../signing/signer.ts";
import { type Checkpoint, openCheckpoint, originOf, readCheckpoint, signCheckpoint } from "./checkpoint.ts";
import { EntriesFile } from "./entries-file.ts";
import { type Entry, type EntryBody, leafOf } from "./entry.ts";
import { checkpointPath, deviceLogDirectory, entriesPath } from "./log-files.ts";

/** Something to enter, and when it happened. */
export interface NewEntry {
  readonly at: UnixMicros;
  readonly body: EntryBody;
}

export interface LogStoreOptions {
  readonly dataDirectory: string;
  readonly signer: Signer;
  /** Hears each entry that is read, oldest first; again from the first where the log had to be read anew. */
  readonly seen?: (entry: Entry) => void;
}

/**
 * The device log on the disk: its entries, their tree, and the newest checkpoint. Who calls holds the log's lock, and calls
 * `catchUp` first. Methods reject with the system's error where they cannot read or write.
 */
export class LogStore {
  readonly #options: LogStoreOptions;
  readonly #directory: string;
  #entries: EntriesFile;
  #tree = new CompactTree();
  /** The log's name; `null` where it has no entry yet. */
  #origin: string | null = null;
  /** Keys that the log says are its own, by id. */
  #keys = new Map<string, DeviceJwk>();
  #note: string | null = null;
  /** Bytes behind the last whole entry when it was read last. */
  #tornBytes = 0;

  constructor(options: LogStoreOptions) {
    this.#options = options;
    this.#directory = deviceLogDirectory(options.dataDirectory);
    this.#entries = new EntriesFile(entriesPath(options.dataDirectory));
  }

  get size(): number {
    return this.#tree.size;
  }

  /** The newest checkpoint; `null` before the first. */
  get note(): string | null {
    return this.#note;
  }

  knowsKey(keyId: string): boolean {
    return this.#keys.has(keyId);
  }

  /**
   * Reads what was added since it was read last, and holds it against the newest checkpoint. Gives what the log has to say of
   * itself: a torn end was cut; or it was no continuation of what was signed, is put aside, and another log begins.
   */
  async catchUp(): Promise<readonly EntryBody[]> {
    if (this.#note !== null && (await this.#readNote()) === this.#note && (await this.#entries.isUnchanged())) return [];
    const known = this.#tree.size;
    const wrong = this.#note === null ? "unread" : await this.#advance();
    if (wrong === null) return this.#cutTorn();
    this.#forget();
    const reason = await this.#advance();
    if (reason !== null) return [await this.#putAside(reason)];
    if (this.#tree.size === 0 && known > 0) return [{ kind: "log-put-aside", name: null, reason: `the log of ${known} entries was gone` }];
    return this.#cutTorn();
  }

  /** Adds entries, and gives the index of the first. Where it rejects none was added. */
  async append(entries: readonly NewEntry[]): Promise<number> {
    const first = this.#tree.size;
    if (this.#origin === null) await this.#begin();
    const leaves = entries.map(({ at, body }, index) => leafOf(first + index, at, body));
    await this.#entries.append(leaves);
    for (const leaf of leaves) this.#tree.append(leafHash(leaf));
    for (const { body } of entries) this.#takeKey(body);
    return first;
  }

  /** Signs what the log is now, and writes it. */
  async checkpoint(): Promise<string> {
    const note = this.#signed({ origin: this.#name(), size: this.#tree.size, root: this.#tree.root() });
    await writePrivateFile(checkpointPath(this.#options.dataDirectory), note);
    this.#note = note;
    return note;
  }

  /** Reads on. Gives why what is there is not what the newest checkpoint says; `null` where it is. */
  async #advance(): Promise<string | null> {
    const note = await this.#readNote();
    const checkpoint = note === null ? null : readCheckpoint(note);
    let rootThen = checkpoint?.size === this.#tree.size ? this.#tree.root() : null;
    this.#tornBytes = 0;
    const read = await this.#entries.read((leaf, entry) => {
      this.#tree.append(leafHash(leaf));
      this.#takeKey(entry);
      if (checkpoint?.size === this.#tree.size) rootThen = this.#tree.root();
      this.#options.seen?.(entry);
    });
    if (read.kind === "replaced") return "its file is another one";
    this.#tornBytes = read.tornBytes;
    if (note === null) return this.#tree.size + read.tornBytes === 0 ? null : "its checkpoint is missing";
    if (checkpoint === null) return "its checkpoint cannot be read";
    if (rootThen === null) return `it has ${this.#tree.size} whole entries, where its checkpoint is of ${checkpoint.size}`;
    if (!rootThen.equals(checkpoint.root)) return `its first ${checkpoint.size} entries are not those of its checkpoint`;
    if (this.#tree.size > 0 && !this.#isOurs(note, checkpoint)) return "its checkpoint is not signed by a key of this log";
    this.#note = note;
    return null;
  }

  async #cutTorn(): Promise<readonly EntryBody[]> {
    if (this.#tornBytes === 0) return [];
    await this.#entries.cutTorn();
    return [{ kind: "log-torn", bytes: this.#tornBytes }];
  }

  #isOurs(note: string, { origin }: Checkpoint): boolean {
    return origin === this.#origin && [...this.#keys.values()].some((key) => openCheckpoint(note, key) !== null);
  }

  /** The checkpoint comes before the first entry: where there are entries there is one, or somebody has removed it. */
  async #begin(): Promise<void> {
    await makeDirectory(this.#directory);
    const note = this.#signed({ origin: this.#name(), size: 0, root: emptyRoot });
    await writePrivateFile(checkpointPath(this.#options.dataDirectory), note);
    this.#note = note;
  }

  async #putAside(reason: string): Promise<EntryBody> {
    const aside = `${this.#directory}.put-aside-${new Date().toISOString().replaceAll(":", "-")}`;
    await rename(this.#directory, aside);
    this.#forget();
    return { kind: "log-put-aside", name: basename(aside), reason };
  }

  #forget(): void {
    this.#entries = new EntriesFile(entriesPath(this.#options.dataDirectory));
    this.#tree = new CompactTree();
    this.#origin = null;
    this.#keys = new Map();
    this.#note = null;
  }

  /** The first key of a log gives the log its name. */
  #takeKey(entry: EntryBody): void {
    if (entry.kind !== "device-key") return;
    const key = readPublicJwk(entry.publicKey);
    if (key?.kty !== "OKP" || keyIdOf(key) !== entry.keyId) return;
    this.#keys.set(entry.keyId, key);
    this.#origin ??= originOf(entry.keyId);
  }

  #name(): string {
    return this.#origin ?? originOf(this.#options.signer.keyId);
  }

  #signed(checkpoint: Checkpoint): string {
    return signCheckpoint(checkpoint, this.#options.signer);
  }

  async #readNote(): Promise<string | null> {
    try {
      return await readFile(checkpointPath(this.#options.dataDirectory), "utf8");
    } catch (cause) {
      if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
      throw cause;
    }
  }
}

/** Not its parents: a data directory that is gone, e.g. because its disk is not mounted, is not made anew. */
async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST")) throw cause;
  }
}
