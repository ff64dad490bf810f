/**
 * Verifies a bundle. It is hostile input: nothing of it is believed before what it rests on has been checked, and what it is checked
 * with comes from the verifier. Needs no network and no data directory, and memory that does not grow with the bundle.
 */
import type { Checkpoint } from "../device-log/checkpoint.ts";
import type { DeviceJwk } from "../signing/public-key.ts";
import { BundleFiles } from "./bundle-files.ts";
import { type CustodyEntry, checkCustody } from "./custody-chain.ts";
import { checkExport, checkExporter, type ExportFacts, exporterFile, exportFile, type SignedExport } from "./export-envelope.ts";
import { type ProvenSignIn, proveSignIn, signInFile } from "./identity-proof.ts";
import { type NamedKey, readKeys } from "./key-ring.ts";
import { LimitsFound } from "./limits-found.ts";
import { checkConsistency, checkpointFile, readSignedCheckpoint } from "./log-checkpoint.ts";
import { entriesFile, type LoggedEntries, readLogged } from "./logged-entries.ts";
import { checkManifests } from "./manifest.ts";
import { checkRedactions, type Redaction } from "./redactions.ts";
import { checkReport } from "./report-page.ts";
import { sessionFile } from "./seals.ts";
import { type ProvenTime, proveTime } from "./timestamp-proof.ts";
import { noTrust, type Trust } from "./trust.ts";
import { BundleFault, type FaultCode, type Limit } from "./verdict.ts";
import { type VerifiedSession, verifySession } from "./verify-session.ts";
import { checkPerson } from "./who.ts";

/** What is proven of a bundle that is not invalid. */
export interface BundleFacts {
  readonly export: ExportFacts;
  /** SHA-256 in hex of the manifest, by which the bundle is known to others. */
  readonly manifestSha256: string;
  readonly device: { readonly keyId: string; readonly name: string | null };
  readonly exporterSigned: boolean;
  readonly timestamp: ProvenTime | null;
  readonly log: { readonly origin: string; readonly size: number; readonly root: string; readonly witnessed: boolean };
  readonly sessions: readonly VerifiedSession[];
  readonly redactions: readonly Redaction[];
  readonly custody: readonly CustodyEntry[];
}

export type Verdict =
  | { readonly verdict: "VALID" | "VALID WITH LIMITS"; readonly limits: readonly Limit[]; readonly facts: BundleFacts }
  | {
      readonly verdict: "INVALID";
      readonly code: FaultCode;
      readonly message: string;
      readonly file: string | null;
      readonly position: string | null;
    };

export interface VerifyOptions {
  readonly trust?: Trust;
  /** Hears how many bytes have been read, of how many. */
  readonly progress?: (doneBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal;
}

/** Clocks of an authority and a workstation may differ so much, in microseconds. */
const skewUs = 300_000_000;

const timestampFile = "sig/export.tsr";

/**
 * Verifies the bundle that is open as `fd`. Rejects with the system's error where it cannot be read, and with the signal's reason;
 * whatever is wrong with the bundle is a verdict.
 */
export async function verifyBundle(fd: number, options: VerifyOptions = {}): Promise<Verdict> {
  const limits = new LimitsFound();
  try {
    const verification = await Verification.begin(fd, options, limits);
    const facts = await verification.facts();
    const found = limits.all;
    return { verdict: found.length === 0 ? "VALID" : "VALID WITH LIMITS", limits: found, facts };
  } catch (thrown) {
    options.signal?.throwIfAborted();
    if (!(thrown instanceof BundleFault)) throw thrown;
    const { code, message, file, position } = thrown;
    return { verdict: "INVALID", code, message, file, position };
  }
}

class Verification {
  readonly #files: BundleFiles;
  readonly #trust: Trust;
  readonly #limits: LimitsFound;
  readonly #signIns = new Map<string, Promise<ProvenSignIn | null>>();
  /** What each device key signed. */
  readonly #deviceKeys = new Map<string, Set<string>>();
  #keys: ReadonlyMap<string, NamedKey> = new Map();

  private constructor(files: BundleFiles, trust: Trust, limits: LimitsFound) {
    this.#files = files;
    this.#trust = trust;
    this.#limits = limits;
  }

  static async begin(fd: number, { trust = noTrust, progress, signal }: VerifyOptions, limits: LimitsFound): Promise<Verification> {
    let done = 0;
    let total = 0;
    const files = await BundleFiles.open(fd, (bytes) => {
      signal?.throwIfAborted();
      done += bytes;
      progress?.(Math.min(done, total), total);
    });
    total = bytesToRead(files);
    return new Verification(files, trust, limits);
  }

  async facts(): Promise<BundleFacts> {
    const files = this.#files;
    await checkManifests(files);
    await checkReport(files);
    this.#keys = await readKeys(files);
    const signed = await checkExport(files, (keyId) => this.#keyOf("device", keyId));
    const exporterSigned = await this.#exporter(signed);
    const timestamp = await this.#timestamp(signed);
    const { checkpoint, logged, witnessed } = await this.#log(signed);
    const sessions: VerifiedSession[] = [];
    for (const session of signed.facts.sessions) sessions.push(await this.#session(session, logged));
    if (timestamp?.trusted === true) checkTimes(timestamp, signed.facts, sessions);
    const redactions = await checkRedactions(files, signed.facts.redactions, sessions);
    this.#redacted(signed.facts);
    const custody = await checkCustody(files);
    for (const { keyId } of custody) this.#device(keyId, "custody entries");
    this.#devices();
    return {
      export: signed.facts,
      manifestSha256: await files.digest("manifest-sha256.txt"),
      device: { keyId: signed.signed.keyId, name: this.#trust.devices.get(signed.signed.keyId) ?? null },
      exporterSigned,
      timestamp,
      log: { origin: checkpoint.origin, size: checkpoint.size, root: checkpoint.root.toString("hex"), witnessed },
      ...{ sessions, redactions, custody },
    };
  }

  /** The exporter's own signature; whether there is one. */
  async #exporter({ facts, signed }: SignedExport): Promise<boolean> {
    const keyId = await checkExporter(this.#files, (id) => this.#keyOf("identity", id), signed.payload);
    this.#device(signed.keyId, "the bundle");
    if (keyId === null) return false;
    const id = this.#keys.get(keyId)?.signIn ?? null;
    const signIn = id === null ? null : await this.#signIn(id);
    if (signIn?.keyId !== keyId) throw new BundleFault("E_SIG", "it is signed by a key that no sign-in has", { file: exporterFile });
    checkPerson(facts.exporter, signIn);
    return true;
  }

  async #timestamp({ signed }: SignedExport): Promise<ProvenTime | null> {
    if (!this.#files.has(timestampFile)) {
      this.#limits.add("W_NO_TSA", "No authority stamped the bundle with a time: all times are by the clock of the workstation");
      return null;
    }
    const proven = await proveTime(await this.#files.whole(timestampFile), signed.signature, this.#trust.tsaRoots, timestampFile);
    if (!proven.trusted) {
      const reason = `The time that ${proven.authority} stamped it with is not proven, because you name no root certificate that this authority comes from`;
      this.#limits.add("W_NO_TSA", reason);
    }
    return proven;
  }

  async #log({ facts, signed }: SignedExport): Promise<{ checkpoint: Checkpoint; logged: LoggedEntries; witnessed: boolean }> {
    const keys = [...this.#keys.values()].flatMap(({ by, publicKey }) => (by === "device" ? [publicKey as DeviceJwk] : []));
    const { checkpoint, keyId } = await readSignedCheckpoint(this.#files, keys, facts.checkpoint);
    this.#device(keyId, "the device log");
    const witnessed = (await checkConsistency(this.#files, checkpoint, this.#trust.checkpoints)) > 0;
    if (!witnessed) {
      const reason = "No checkpoint of the device log that you hold shows that the workstation did not rewrite it before the export";
      this.#limits.add("W_NO_WITNESS", reason);
    }
    const logged = await readLogged(this.#files, checkpoint);
    for (const [file, key] of [
      [exportFile, signed.keyId],
      [checkpointFile, keyId],
    ] as const) {
      if (!logged.deviceKeys.has(key))
        throw new BundleFault("E_SIG", "it is signed by a key that the device log does not know as the device's", { file });
    }
    const place = { file: entriesFile };
    const exported = logged.exports.get(facts.exportId);
    if (exported === undefined) throw new BundleFault("E_GAP", "the entry of this export is missing", place);
    if (JSON.stringify(exported) !== JSON.stringify(facts.sessions)) {
      throw new BundleFault("E_ROOT", "the device log says that other sessions were exported", place);
    }
    return { checkpoint, logged, witnessed };
  }

  async #session(session: string, logged: LoggedEntries): Promise<VerifiedSession> {
    const context = {
      files: this.#files,
      keyOf: (by: "device" | "identity", keyId: string) => this.#keyOf(by, keyId),
      logged,
      limits: this.#limits,
      signIn: (id: string) => this.#signIn(id),
    };
    const verified = await verifySession(session, context);
    const { device } = verified.signers;
    if (!logged.deviceKeys.has(device)) {
      const file = sessionFile(session, "seal.device.sigstore.json");
      throw new BundleFault("E_SIG", "it is signed by a key that the device log does not know as the device's", { file });
    }
    this.#device(device, "seals");
    return verified;
  }

  #redacted({ redactions }: ExportFacts): void {
    if (redactions.parts === 0) return;
    this.#limits.add(
      "W_REDACTED",
      `${redactions.parts} parts are withheld: what they hold is not shown, though that they were there is proven`,
    );
  }

  /** A device key signed this. */
  #device(keyId: string, what: string): void {
    this.#deviceKeys.set(keyId, (this.#deviceKeys.get(keyId) ?? new Set()).add(what));
  }

  /** Whether the devices are ones that the verifier knows. */
  #devices(): void {
    for (const [keyId, signed] of this.#deviceKeys) {
      const what = [...signed].join(", ");
      if (!this.#trust.devices.has(keyId)) {
        const reason = `You do not know the device key ${keyId} that signed ${what}: compare it with the workstation's, and name it in a trust file`;
        this.#limits.add("W_UNKNOWN_DEVICE", reason);
      }
      if (this.#keys.get(keyId)?.kept === "run") {
        this.#limits.add("W_KEY_THIS_RUN", `The device key ${keyId} that signed ${what} was made for one run of the program`);
      }
    }
  }

  #keyOf(by: "device" | "identity", keyId: string): NamedKey["publicKey"] | null {
    const key = this.#keys.get(keyId);
    return key?.by === by ? key.publicKey : null;
  }

  #signIn(id: string): Promise<ProvenSignIn | null> {
    const known = this.#signIns.get(id);
    if (known !== undefined) return known;
    const proven = this.#files.has(signInFile(id)) ? proveSignIn(this.#files, id, this.#trust) : Promise.resolve(null);
    this.#signIns.set(id, proven);
    return proven;
  }
}

/** A trusted time is later than all that it proves to have been there. Throws a `BundleFault` (`E_TIME`). */
function checkTimes({ at }: ProvenTime, facts: ExportFacts, sessions: readonly VerifiedSession[]): void {
  if (facts.at > at + skewUs)
    throw new BundleFault("E_TIME", "it says that it was exported after it was stamped with a time", { file: exportFile });
  for (const { session, lastAt, sealedAt } of sessions) {
    if (Math.max(lastAt, sealedAt) <= at + skewUs) continue;
    throw new BundleFault("E_TIME", `session ${session} says that it was later than the time that the bundle was stamped with`, {
      file: timestampFile,
    });
  }
}

/** What is read in all: every file once for its digest, and what is long once or twice more. */
function bytesToRead(files: BundleFiles): number {
  const extra: readonly (readonly [RegExp, number])[] = [
    [/\/events\.jsonl$/, 2],
    [/\/(disclosures\.jsonl|wire\.steno)$/, 1],
    [/^data\/(device\/entries\.jsonl|report\.html)$/, 1],
  ];
  return files.names.reduce((sum, name) => sum + files.size(name) * (1 + (extra.find(([shape]) => shape.test(name))?.[1] ?? 0)), 0);
}
