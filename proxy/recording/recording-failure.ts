/** Sentences for a person where a recording cannot be written, or not be kept in order later. */
import path from "node:path";
import { FailureError } from "../model/failure.ts";

const causes: { readonly [code: string]: string } = {
  ENOSPC: "the disk is full; free some space",
  EDQUOT: "the disk quota is used up; free some space",
  EROFS: "the file system is read-only; mount it for writing",
  EACCES: "this directory may not be written; change its permissions or choose another",
  EPERM: "this directory may not be written; change its permissions or choose another",
  EFBIG: "the file may not grow any further; raise the limit on file sizes",
  EMFILE: "too many files are open; raise the limit on open files",
  ENFILE: "too many files are open on this machine",
  ENOENT: "the recording or its directory was removed while it was being written",
};

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "EIO");
const causeOf = (code: string): string => causes[code] ?? "the disk may be failing; check it";

/** Says why a session cannot be recorded, for the client, the window and the log. */
export function recordingFailure(error: unknown, file: string): FailureError {
  const code = codeOf(error);
  const message = `Stenograph cannot record and therefore forwards nothing: ${causeOf(code)} (${code}, ${path.dirname(file)})`;
  return new FailureError("recording-failed", message, { cause: error });
}

/** Says why an ended recording could not be `done` (e.g. "sealed"). What it holds is not touched by that. */
export function keepingFailure(error: unknown, file: string, done: string): FailureError {
  if (error instanceof FailureError) return error;
  const code = codeOf(error);
  const message = `The recording ${path.basename(file)} could not be ${done}: ${causeOf(code)} (${code}, ${path.dirname(file)})`;
  return new FailureError("recording-not-kept", message, { cause: error });
}
