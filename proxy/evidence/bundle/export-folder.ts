import { existsSync } from "node:fs";
import { link, mkdtemp, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FailureError, failureOf } from "../../model/failure.ts";

/** Refuses a file that is there already. Throws a `FailureError` (`file-exists`). */
export function refuseExisting(file: string): void {
  if (!existsSync(file)) return;
  throw new FailureError("file-exists", `${file} exists already, and is not overwritten. Give another name, or move it away.`);
}

/** A private folder beside the file that is to be made, and gone with all that is in it when that is made or given up. */
export class ExportFolder {
  readonly #out: string;
  readonly #path: string;

  private constructor(out: string, path: string) {
    this.#out = out;
    this.#path = path;
  }

  /** Rejects with a `FailureError` where the file is there already, or nothing can be written beside it. */
  static async beside(out: string): Promise<ExportFolder> {
    refuseExisting(out);
    try {
      return new ExportFolder(out, await mkdtemp(`${out}.partial-`));
    } catch (cause) {
      const message = `Nothing can be written in ${dirname(out)}: ${failureOf(cause).message}. Give a place that exists and that you may write to.`;
      throw new FailureError("export-unwritable", message, { cause });
    }
  }

  file(name: string): string {
    return join(this.#path, name);
  }

  /** Gives a file of the folder its name; it is whole and on the disk. Rejects where somebody made a file of that name meanwhile. */
  async publish(name: string): Promise<void> {
    try {
      await link(this.file(name), this.#out);
    } catch (cause) {
      refuseExisting(this.#out);
      // Not all file systems have links.
      if (!(cause instanceof Error && "code" in cause && ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(String(cause.code))))
        throw cause;
      await rename(this.file(name), this.#out);
    }
    await syncFolder(dirname(this.#out));
  }

  /** Removes what is left. */
  async remove(): Promise<void> {
    await rm(this.#path, { recursive: true, force: true });
  }
}

/** A name is on the disk when its folder is; not all systems can sync one. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    await folder.sync().finally(() => folder.close());
  } catch {
    // The file itself is synced.
  }
}
