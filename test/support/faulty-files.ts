/** A file system that fails when a test says so, and can hold back what it was asked to bring to the disk. */
import fs from "node:fs";
import type { RecordingFileSystem } from "../../proxy/recording/recording-writer.ts";

export type FileOperation = "open" | "mkdir" | "write" | "truncate" | "sync" | "stat" | "close";

/** The real file system, except where `fault` gives a reason. */
export class FaultyFiles implements RecordingFileSystem {
  /** The error code with which an operation fails now, e.g. `ENOSPC`; `null` where it works. `bytes`: of a write. */
  fault: (operation: FileOperation, bytes: number) => string | null = () => null;
  /** Syncs wait for `releaseSyncs` while this is true. */
  holdsSyncs = false;
  /** Syncs that were asked for so far. */
  syncs = 0;
  private held: (() => void)[] = [];
  private whenHeld: () => void = () => undefined;

  openSync(path: string, flags: string, mode: number): number {
    this.check("open");
    return fs.openSync(path, flags, mode);
  }

  mkdirSync(path: string, options: { recursive: true; mode: number }): unknown {
    this.check("mkdir");
    return fs.mkdirSync(path, options);
  }

  writeSync(fd: number, buffer: Uint8Array, offset: number, length: number): number {
    this.check("write", length);
    return fs.writeSync(fd, buffer, offset, length);
  }

  writevSync(fd: number, buffers: readonly NodeJS.ArrayBufferView[]): number {
    this.check(
      "write",
      buffers.reduce((sum, { byteLength }) => sum + byteLength, 0),
    );
    return fs.writevSync(fd, buffers);
  }

  ftruncateSync(fd: number, length: number): void {
    this.check("truncate");
    fs.ftruncateSync(fd, length);
  }

  closeSync(fd: number): void {
    // As on a network's file system: the file is given back, and was not all kept.
    fs.closeSync(fd);
    this.check("close");
  }

  fstatSync(fd: number): { readonly nlink: number } {
    this.check("stat");
    return fs.fstatSync(fd);
  }

  fdatasync(fd: number, done: (error: Error | null) => void): void {
    this.syncs += 1;
    const code = this.fault("sync", 0);
    const go = (): void => (code === null ? fs.fdatasync(fd, done) : done(failing(code)));
    if (!this.holdsSyncs) {
      process.nextTick(go);
      return;
    }
    this.held.push(go);
    this.whenHeld();
  }

  /** Resolves when at least one sync is being held. */
  untilHeld(): Promise<void> {
    if (this.held.length > 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.whenHeld = resolve;
    });
  }

  /** Lets go of the syncs that are held; those that come later go through. */
  releaseSyncs(): void {
    this.holdsSyncs = false;
    const held = this.held;
    this.held = [];
    for (const go of held) go();
  }

  private check(operation: FileOperation, bytes = 0): void {
    const code = this.fault(operation, bytes);
    if (code !== null) throw failing(code);
  }
}

function failing(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}
