/**
 * Appends frames to one recording. Every append is one synchronous write that has returned before the caller goes on:
 * that is what makes "write before forward" true. A write that fails leaves the file as it was before it.
 */
import fs from "node:fs";
import path from "node:path";
import { crc32 } from "node:zlib";
import { FailureError } from "../model/failure.ts";
import { nowNs } from "./clock.ts";
import { encodeFileHeader, encodeJsonFrame, FrameKind, frameHeadBytes, frameTailBytes, maxFramePayload, writeFrameHead } from "./frame.ts";
import { recordingFailure } from "./recording-failure.ts";

/** Payloads up to this size are copied next to their head and written by one `write`; larger ones go by `writev`. */
const copyLimit = 32 * 1024;
const scratch = Buffer.allocUnsafe(frameHeadBytes + copyLimit + frameTailBytes);
const largeHead = Buffer.allocUnsafe(frameHeadBytes);
const largeTail = Buffer.allocUnsafe(frameTailBytes);

/** What is needed of the file system, so that a test can make it fail. */
export interface RecordingFileSystem {
  openSync(path: string, flags: string, mode: number): number;
  mkdirSync(path: string, options: { recursive: true; mode: number }): unknown;
  writeSync(fd: number, buffer: Uint8Array, offset: number, length: number): number;
  writevSync(fd: number, buffers: readonly NodeJS.ArrayBufferView[]): number;
  ftruncateSync(fd: number, length: number): void;
  closeSync(fd: number): void;
  fstatSync(fd: number): { readonly nlink: number };
  fdatasync(fd: number, done: (error: Error | null) => void): void;
}

/** The open recording of one session. Not safe to use after `close`. */
export class RecordingWriter {
  readonly path: string;
  private readonly files: RecordingFileSystem;
  private readonly fd: number;
  private length = 0;
  /** Part of a frame lies behind `length`, and could not be taken back. */
  private torn = false;
  private closed = false;
  private closing = false;
  private syncing = 0;

  private constructor(files: RecordingFileSystem, fd: number, file: string) {
    this.files = files;
    this.fd = fd;
    this.path = file;
  }

  /**
   * Creates the recording and writes its open frame, both in one write. Throws a `FailureError` that says why where it
   * cannot; a file that was created is then removed again.
   */
  static create(file: string, open: unknown, files: RecordingFileSystem = fs): RecordingWriter {
    try {
      files.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
      const writer = new RecordingWriter(files, files.openSync(file, "ax", 0o600), file);
      try {
        writer.write([encodeFileHeader(), encodeJsonFrame(FrameKind.open, nowNs(), open)]);
        return writer;
      } catch (thrown) {
        writer.close();
        fs.rmSync(file, { force: true });
        throw thrown;
      }
    } catch (thrown) {
      throw thrown instanceof FailureError ? thrown : recordingFailure(thrown, file);
    }
  }

  /** Opens a recording again that ends with a whole frame at `length`, to append what could not be written before. */
  static reopen(file: string, length: number, files: RecordingFileSystem = fs): RecordingWriter {
    try {
      const writer = new RecordingWriter(files, files.openSync(file, "a", 0o600), file);
      writer.length = length;
      return writer;
    } catch (thrown) {
      throw recordingFailure(thrown, file);
    }
  }

  /** Bytes written so far; always the end of a whole frame. */
  get size(): number {
    return this.length;
  }

  /**
   * Appends the bytes that passed: one frame, or several where there are more than a frame may hold. Has been written when it
   * returns; throws a `FailureError` if not.
   */
  append(kind: FrameKind, atNs: bigint, payload: Buffer): void {
    let from = 0;
    for (; payload.length - from > maxFramePayload; from += maxFramePayload) {
      this.appendFrame(kind, atNs, payload.subarray(from, from + maxFramePayload));
    }
    this.appendFrame(kind, atNs, from === 0 ? payload : payload.subarray(from));
  }

  private appendFrame(kind: FrameKind, atNs: bigint, payload: Buffer): void {
    const bytes = payload.length;
    if (bytes > copyLimit) {
      writeFrameHead(largeHead, 0, kind, atNs, bytes);
      largeTail.writeUInt32LE(crc32(payload, crc32(largeHead)), 0);
      this.write([largeHead, payload, largeTail]);
      return;
    }
    writeFrameHead(scratch, 0, kind, atNs, bytes);
    payload.copy(scratch, frameHeadBytes);
    const tail = frameHeadBytes + bytes;
    scratch.writeUInt32LE(crc32(scratch.subarray(0, tail)), tail);
    this.writeOne(scratch, tail + frameTailBytes);
  }

  /** Appends a frame whose payload is JSON. Throws like `append`. */
  appendJson(kind: FrameKind, value: unknown): void {
    const frame = encodeJsonFrame(kind, nowNs(), value);
    this.writeOne(frame, frame.length);
  }

  /** Asks the disk for all that was appended before the call. `done` gets why it could not, or `null`. */
  sync(done: (failure: FailureError | null) => void): void {
    this.syncing += 1;
    this.files.fdatasync(this.fd, (error) => {
      this.syncing -= 1;
      const notKept = error === null ? this.removed() : recordingFailure(error, this.path);
      const notClosed = this.closing && this.syncing === 0 ? this.release() : null;
      done(notKept ?? notClosed);
    });
  }

  /**
   * Gives the file back once no sync is under way; who waits for that sync then hears whether it could be. Else returns why the
   * file could not be closed, after which what was written may not be kept, or `null`.
   */
  close(): FailureError | null {
    this.closing = true;
    return this.syncing === 0 ? this.release() : null;
  }

  /** Writing to a file that was removed succeeds, and records nothing. */
  private removed(): FailureError | null {
    try {
      if (this.files.fstatSync(this.fd).nlink > 0) return null;
      return recordingFailure(Object.assign(new Error("the file was removed"), { code: "ENOENT" }), this.path);
    } catch (thrown) {
      return recordingFailure(thrown, this.path);
    }
  }

  private release(): FailureError | null {
    if (this.closed) return null;
    this.closed = true;
    try {
      this.files.closeSync(this.fd);
      return null;
    } catch (thrown) {
      return recordingFailure(thrown, this.path);
    }
  }

  private writeOne(buffer: Buffer, bytes: number): void {
    try {
      this.cutTorn();
      let written = this.files.writeSync(this.fd, buffer, 0, bytes);
      while (written < bytes) written += this.files.writeSync(this.fd, buffer, written, bytes - written);
      this.length += bytes;
    } catch (thrown) {
      this.undo();
      throw recordingFailure(thrown, this.path);
    }
  }

  private write(buffers: readonly Buffer[]): void {
    const bytes = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
    try {
      this.cutTorn();
      const written = this.files.writevSync(this.fd, buffers);
      if (written < bytes) this.writeRest(Buffer.concat(buffers).subarray(written));
      this.length += bytes;
    } catch (thrown) {
      this.undo();
      throw recordingFailure(thrown, this.path);
    }
  }

  private writeRest(rest: Buffer): void {
    let written = 0;
    while (written < rest.length) written += this.files.writeSync(this.fd, rest, written, rest.length - written);
  }

  /** Takes back a half-written frame. Where even that fails, it is tried again before anything else is written. */
  private undo(): void {
    this.torn = true;
    try {
      this.cutTorn();
    } catch {
      // The failure that led here is the one to report.
    }
  }

  /** A whole frame behind half of one would be taken for damage: nothing is written before that half is gone. */
  private cutTorn(): void {
    if (!this.torn) return;
    this.files.ftruncateSync(this.fd, this.length);
    this.torn = false;
  }
}
