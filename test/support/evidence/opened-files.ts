import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { BundleFiles } from "../../../proxy/evidence/verify/bundle-files.ts";

/** Gives `use` the files of a bundle with these bytes. */
export async function withBundleFiles<T>(bytes: Buffer, use: (files: BundleFiles, fd: number) => Promise<T>): Promise<T> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "stenograph-bundle-"));
  const file = path.join(directory, "bundle.zip");
  fs.writeFileSync(file, bytes);
  const fd = fs.openSync(file, "r+");
  try {
    return await use(await BundleFiles.open(fd), fd);
  } finally {
    fs.closeSync(fd);
    fs.rmSync(directory, { recursive: true, force: true });
  }
}
