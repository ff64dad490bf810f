/** The texts that make a bundle a bag: BagIt 1.0, RFC 8493. */

/** A file of the bag by its path, with the SHA-256 of its bytes in hex. */
export interface BagFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

export const bagDeclaration = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/** A manifest: a line for each file, in the form that `sha256sum -c` reads. Paths in the order of their bytes. */
export function manifestText(files: readonly BagFile[]): string {
  const ordered = [...files].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  return ordered.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join("");
}

/** What `bag-info.txt` tells people. The exporter's name is somebody else's text: line breaks in it would make labels of their own. */
export interface BagInfo {
  readonly exportId: string;
  /** ISO 8601. */
  readonly at: string;
  readonly exporter: string;
  readonly program: string;
  /** The files under `data/`. */
  readonly payload: readonly BagFile[];
}

export function bagInfoText({ exportId, at, exporter, program, payload }: BagInfo): string {
  const bytes = payload.reduce((sum, file) => sum + file.bytes, 0);
  return [
    `External-Identifier: ${exportId}`,
    `Bagging-Date: ${at.slice(0, 10)}`,
    `Payload-Oxum: ${bytes}.${payload.length}`,
    `Contact-Name: ${oneLine(exporter)}`,
    `Bag-Software-Agent: ${oneLine(program)}`,
    "",
  ].join("\n");
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
}
