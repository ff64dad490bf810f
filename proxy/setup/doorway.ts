import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/** A page on the disk that leads to an address. */
export interface Doorway {
  readonly file: string;
  /** Removes it; calling it again changes nothing. */
  remove(): void;
}

/**
 * Writes a page that leads to `url`, in a directory that only this account can read; `null` where nothing can be written. It
 * is removed when the process ends, where it was not before.
 */
export function writeDoorway(url: string): Doorway | null {
  try {
    const directory = mkdtempSync(join(browsersRead(), "stenograph-open-"));
    const file = join(directory, "open.html");
    writeFileSync(file, page(url), { mode: 0o600, flag: "wx" });
    const remove = (): void => {
      process.off("exit", remove);
      rmSync(directory, { recursive: true, force: true });
    };
    process.once("exit", remove);
    return { file, remove };
  } catch {
    return null;
  }
}

/** Browsers that are snaps have a temporary directory of their own, but read the person's home. */
function browsersRead(): string {
  return existsSync("/snap/bin") ? homedir() : tmpdir();
}

function page(url: string): string {
  const address = url.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0;url=${address}">
<title>Stenograph</title>
<a href="${address}">Open Stenograph</a>
`;
}
