import type { Actor } from "../../model/actor.ts";
import { program } from "../../model/program.ts";
import { isoMicros, type UnixMicros } from "../../model/value.ts";
import { canonicalBytes, canonicalText } from "../canonical/canonical.ts";
import type { Entry } from "../device-log/entry.ts";
import { type LogExcerpt, readLogExcerpt } from "../device-log/log-excerpt.ts";
import type { SigstoreBundle } from "../signing/sigstore-bundle.ts";
import { bagDeclaration, bagInfoText, manifestText } from "./bag.ts";
import { BundleWriter } from "./bundle-writer.ts";
import { type BundleKey, writeDevicePart } from "./device-part.ts";
import type { ExportFolder } from "./export-folder.ts";
import type { ExportedSession, ExportRequest, ExportTools } from "./export-request.ts";
import { type ExportPredicate, exportStatementBytes, signExport } from "./export-statement.ts";
import { writeIdentityPart } from "./identity-part.ts";
import { type RedactionRecord, redactionPath, redactionRecord } from "./redaction-record.ts";
import { reportPieces } from "./report/report.ts";
import { SessionReport } from "./report/session-html.ts";
import { writeSealEnvelopes } from "./seal-envelopes.ts";
import { writeSession } from "./session-part.ts";
import { SpooledText } from "./spooled-text.ts";
import { fetchTimestamp } from "./timestamp.ts";
import { verifyText } from "./verify-text.ts";
import { sumOfCounts } from "./withheld-counts.ts";
import type { Withholding } from "./withholding.ts";

export interface BundleFacts {
  readonly request: ExportRequest;
  readonly tools: ExportTools;
  readonly exportId: string;
  readonly at: UnixMicros;
  readonly folder: ExportFolder;
  /** Of each source. */
  readonly withholdings: readonly Withholding[];
  readonly signal: AbortSignal;
}

export interface WrittenBundle {
  /** Name of the ZIP in the folder. */
  readonly file: string;
  readonly sessions: readonly ExportedSession[];
  readonly manifestSha256: string;
}

/** Sessions in a ZIP, before what says of them all what they are. */
interface Begun {
  readonly file: string;
  readonly writer: BundleWriter;
  readonly sessions: readonly ExportedSession[];
  readonly report: SpooledText;
}

/** One bundle while it is written: sessions first, then what proves them, then what is signed. */
export class BundleFile {
  readonly #facts: BundleFacts;

  constructor(facts: BundleFacts) {
    this.#facts = facts;
  }

  /** `read` hears how many bytes of the sources have been read. */
  async write(read: (bytes: number) => void): Promise<WrittenBundle> {
    let begun = await this.#begin("bundle", true, read);
    try {
      if (begun.writer.hasBomb()) {
        await begun.writer.abandon();
        begun = await this.#begin("stored", false, read);
      }
      const manifestSha256 = await this.#finish(begun);
      return { file: begun.file, sessions: begun.sessions, manifestSha256 };
    } catch (cause) {
      await begun.writer.abandon();
      throw cause;
    }
  }

  /** Writes the sessions. Where it rejects, nothing of it is left open. */
  async #begin(name: string, compress: boolean, read: (bytes: number) => void): Promise<Begun> {
    const { folder, at, signal } = this.#facts;
    const file = `${name}.zip`;
    const writer = new BundleWriter(folder.file(file), new Date(at / 1000), signal);
    const report = new SpooledText(folder.file(`${name}.report`));
    try {
      const sessions = await this.#writeSessions(writer, report, { name, compress, read });
      // Begins after the last file of the sessions is in the ZIP, so that it is known how small that became.
      await writer.addWhole("data/VERIFY.txt", verifyText);
      return { file, writer, sessions, report };
    } catch (cause) {
      await writer.abandon();
      throw cause;
    } finally {
      report.close();
    }
  }

  async #writeSessions(
    writer: BundleWriter,
    report: SpooledText,
    { name, compress, read }: { readonly name: string; readonly compress: boolean; readonly read: (bytes: number) => void },
  ): Promise<ExportedSession[]> {
    const { request, withholdings, folder } = this.#facts;
    const sessions: ExportedSession[] = [];
    let before = 0;
    for (const [at, source] of request.sources.entries()) {
      const shown = new SessionReport(report);
      const written = await writeSession(source, withholdings[at] as Withholding, {
        writer,
        spool: folder.file(`${name}.${at}.events`),
        compress,
        read: (bytes) => read(before + bytes),
        part: (part, withheld) => shown.part(part, withheld),
        event: (event) => shown.event(event),
      });
      shown.end(written, source.seal);
      await writeSealEnvelopes(writer, source);
      sessions.push({ session: source.session, ...written });
      before += source.bytes;
    }
    return sessions;
  }

  /** Gives the manifest's SHA-256. */
  async #finish({ writer, sessions, report }: Begun): Promise<string> {
    const { request, tools, exportId, at } = this.#facts;
    const ids = sessions.map(({ session }) => session);
    await tools.enter({ kind: "export", exportId, sessions: ids });
    const log = await readLogExcerpt(tools.dataDirectory, isOf(new Set(ids), exportId));
    const identities = await writeIdentityPart(writer, this.#signIns(), tools.signInRecordPath);
    await writeDevicePart(writer, log, [...deviceKeys(log, tools), ...identities]);
    const redactions = this.#redactions(sessions);
    for (const record of redactions) await writer.addWhole(redactionPath(record.number), canonicalText(record));
    const { size, root } = log.checkpoint;
    const predicate: ExportPredicate = {
      exportId,
      at,
      exporter: request.exporter,
      sessions: ids,
      parent: null,
      redactions: { records: redactions.length, parts: sumOfCounts(sessions.map(({ withheld }) => withheld)).parts },
      checkpoint: { size, root },
      program,
    };
    const { keyId, algorithm, kept } = tools.device;
    const pieces = reportPieces(
      {
        predicate,
        signer: { keyId, algorithm, kept },
        signedByIdentity: tools.identity !== null,
        timestampFrom: request.timestampUrl,
        redactions,
        checkpoint: log.checkpoint.note,
      },
      report,
    );
    await writer.add("data/report.html", pieces);
    const manifestSha256 = await this.#writeTags(writer);
    await this.#sign(writer, predicate);
    await writer.finish();
    return manifestSha256;
  }

  /** Who withheld what; nothing where nothing is withheld. */
  #redactions(exported: readonly ExportedSession[]): RedactionRecord[] {
    const { request, exportId, at, withholdings } = this.#facts;
    if (request.rules.length === 0) return [];
    const sessions = exported.map(({ session, withheld }) => ({ session, ...withheld }));
    const counts = sumOfCounts(exported.map(({ withheld }) => withheld));
    const headersThatHold = withholdings.reduce((sum, withholding) => sum + withholding.headersThatHold, 0);
    const facts = { number: 1, exportId, at, by: request.exporter, reason: request.reason, counts, sessions };
    return [redactionRecord(facts, request.rules, headersThatHold)];
  }

  /** Sign-ins whose keys signed something here. */
  #signIns(): string[] {
    const { request, tools } = this.#facts;
    const ofSeals = request.sources.flatMap(({ seal }) => seal.signatures.flatMap(({ signIn }) => signIn ?? []));
    return tools.identity === null ? ofSeals : [...ofSeals, tools.identity.signIn];
  }

  async #writeTags(writer: BundleWriter): Promise<string> {
    const { exportId, at, request } = this.#facts;
    const payload = [...writer.files];
    const exporter = nameOf(request.exporter);
    const info = bagInfoText({ exportId, at: isoMicros(at), exporter, program: `${program.name} ${program.version}`, payload });
    const manifest = await writer.addWhole("manifest-sha256.txt", manifestText(payload));
    const tags = [manifest, await writer.addWhole("bagit.txt", bagDeclaration), await writer.addWhole("bag-info.txt", info)];
    await writer.addWhole("tagmanifest-sha256.txt", manifestText(tags));
    return manifest.sha256;
  }

  async #sign(writer: BundleWriter, predicate: ExportPredicate): Promise<void> {
    const { request, tools, signal } = this.#facts;
    const statement = exportStatementBytes(writer.files, predicate);
    const signed = signExport(tools.device, statement);
    await writer.addWhole("sig/export.sigstore.json", canonicalBytes(signed));
    if (tools.identity !== null) {
      await writer.addWhole("sig/export.identity.sigstore.json", canonicalBytes(signExport(tools.identity.signer, statement)));
    }
    if (request.timestampUrl !== null) {
      await writer.addWhole("sig/export.tsr", await fetchTimestamp(request.timestampUrl, signatureOf(signed), signal));
    }
  }
}

/** Picks what a bundle brings of the device log: its keys, the entries of the sessions, and the export's own. */
function isOf(sessions: ReadonlySet<string>, exportId: string): (entry: Entry) => boolean {
  return (entry) => {
    switch (entry.kind) {
      case "device-key":
        return true;
      case "session-open":
      case "head":
      case "seal":
        return sessions.has(entry.session);
      case "export":
        return entry.exportId === exportId;
      default:
        return false;
    }
  };
}

/** The keys that the log knows as the device's; the one that signs the export is among them. */
function deviceKeys({ keys }: LogExcerpt, { device }: ExportTools): BundleKey[] {
  const logged = keys.map(({ keyId, publicKey, kept }): BundleKey => ({ keyId, by: "device", publicKey, kept }));
  if (logged.some(({ keyId }) => keyId === device.keyId)) return logged;
  return [...logged, { keyId: device.keyId, by: "device", publicKey: device.publicKey, kept: device.kept }];
}

function signatureOf({ dsseEnvelope }: SigstoreBundle): Buffer {
  return Buffer.from(dsseEnvelope.signatures[0].sig, "base64");
}

function nameOf(actor: Actor): string {
  return actor.kind === "os-user" ? `${actor.name} (not authenticated)` : actor.name;
}
