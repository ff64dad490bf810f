/** Exporting: sessions, with what proves them, in one signed file for an auditor. */
import { randomUUID } from "node:crypto";
import { stat } from "node:fs/promises";
import { FailureError } from "../../model/failure.ts";
import { encrypterFor, encryptFile } from "./age-recipients.ts";
import { BundleFile } from "./bundle-file.ts";
import { ExportFolder } from "./export-folder.ts";
import type { ExportOptions, ExportRequest, ExportResult, ExportTools } from "./export-request.ts";
import { sumOfCounts } from "./withheld-counts.ts";
import { withholdingsOf } from "./withholding.ts";

/** Each has up to six files, and readers take 10,000. */
const mostSessions = 1500;

/**
 * Writes a bundle, in bounded memory. The file is there when it is whole, or not at all. Rejects with a `FailureError` that says
 * what to do, and with the signal's reason where that is aborted.
 */
export async function exportBundle(request: ExportRequest, tools: ExportTools, options: ExportOptions = {}): Promise<ExportResult> {
  const { sources, recipients, rules, out } = request;
  const { progress = () => undefined, signal = new AbortController().signal } = options;
  checkSessions(sources);
  const encrypter = recipients.length === 0 ? null : encrypterFor(recipients);
  const folder = await ExportFolder.beside(out);
  try {
    const totalBytes = sources.reduce((sum, { bytes }) => sum + bytes, 0);
    const withholdings = await withholdingsOf(sources, rules, (doneBytes) => {
      signal.throwIfAborted();
      progress({ phase: "looking", doneBytes, totalBytes });
    });
    const exportId = randomUUID();
    const bundle = new BundleFile({ request, tools, exportId, at: tools.now(), folder, withholdings, signal });
    const { file, sessions, manifestSha256 } = await bundle.write((doneBytes) => progress({ phase: "writing", doneBytes, totalBytes }));
    let name = file;
    if (encrypter !== null) {
      progress({ phase: "encrypting", doneBytes: 0, totalBytes });
      name = "bundle.age";
      await encryptFile(encrypter, folder.file(file), folder.file(name), signal);
    }
    signal.throwIfAborted();
    const { size } = await stat(folder.file(name));
    await folder.publish(name);
    const withheld = sumOfCounts(sessions.map((session) => session.withheld));
    return { file: out, bytes: size, exportId, manifestSha256, sessions, withheld, encrypted: encrypter !== null };
  } finally {
    await folder.remove();
  }
}

function checkSessions(sources: ExportRequest["sources"]): void {
  if (sources.length === 0) throw new FailureError("no-session", "No session was named, so there is nothing to export.");
  if (new Set(sources.map(({ session }) => session)).size < sources.length) {
    throw new FailureError("session-twice", "A session was named twice. Name each once.");
  }
  if (sources.length > mostSessions) {
    const message = `A bundle can hold ${mostSessions} sessions at most, not ${sources.length}. Export them in parts.`;
    throw new FailureError("too-many-sessions", message);
  }
}
