import { readFileSync } from "node:fs";
import { fromBufferPromise } from "yauzl";

/** The files of a ZIP by name, read by another program than wrote it. */
export async function unzipped(file: string): Promise<ReadonlyMap<string, Buffer>> {
  const zip = await fromBufferPromise(readFileSync(file));
  const files = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry()) {
    const pieces: Buffer[] = [];
    for await (const piece of await zip.openReadStreamPromise(entry)) pieces.push(piece as Buffer);
    files.set(entry.fileName, Buffer.concat(pieces));
  }
  return files;
}
