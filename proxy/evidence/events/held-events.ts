/** Events that wait until the statement is over whose rows are coming. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Statement } from "../../model/statement.ts";
import type { UnixMicros } from "../../model/value.ts";
import type { FrameHeader } from "./leaf.ts";

/** A fact of a recording that becomes an event. */
export type HeldEvent =
  | { readonly kind: "statement"; readonly statement: Statement }
  | { readonly kind: FrameHeader["kind"]; readonly value: unknown; readonly at: UnixMicros };

const mostHeldCharacters = 4 * 1024 * 1024;

/**
 * A queue in the order of coming. A client may send any number of commands without an answer while it reads a large
 * result: those that are too many to be held wait in a file that nobody else can open.
 */
export class HeldEvents {
  #held: string[] = [];
  #characters = 0;
  #spill: Spill | null = null;

  get isEmpty(): boolean {
    return this.#held.length === 0 && this.#spill === null;
  }

  push(event: HeldEvent): void {
    const line = JSON.stringify(event);
    this.#held.push(line);
    this.#characters += line.length;
    if (this.#characters <= mostHeldCharacters) return;
    this.#spill ??= new Spill();
    this.#spill.append(this.#held);
    this.#held = [];
    this.#characters = 0;
  }

  /** Takes all of them. */
  *take(): Generator<HeldEvent> {
    const spill = this.#spill;
    const held = this.#held;
    this.#spill = null;
    this.#held = [];
    this.#characters = 0;
    if (spill !== null) {
      try {
        for (const line of spill.lines()) yield JSON.parse(line) as HeldEvent;
      } finally {
        spill.close();
      }
    }
    for (const line of held) yield JSON.parse(line) as HeldEvent;
  }

  close(): void {
    this.#spill?.close();
    this.#spill = null;
  }
}

/** Lines in a temporary file, written in batches and read back a batch at a time. */
class Spill {
  readonly #directory = fs.mkdtempSync(path.join(os.tmpdir(), "stenograph-"));
  readonly #fd = fs.openSync(path.join(this.#directory, "held"), "wx+", 0o600);
  readonly #batches: number[] = [];
  #bytes = 0;

  append(lines: readonly string[]): void {
    const batch = Buffer.from(lines.join("\n"), "utf8");
    for (let written = 0; written < batch.length; ) {
      written += fs.writeSync(this.#fd, batch, written, batch.length - written, this.#bytes + written);
    }
    this.#batches.push(batch.length);
    this.#bytes += batch.length;
  }

  *lines(): Generator<string> {
    let at = 0;
    for (const length of this.#batches) {
      const batch = Buffer.alloc(length);
      for (let read = 0; read < length; ) read += readSome(this.#fd, batch, read, at + read);
      at += length;
      yield* batch.toString("utf8").split("\n");
    }
  }

  close(): void {
    fs.closeSync(this.#fd);
    fs.rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** Reads on into `into` from `filled`. Throws where the file ends, which only who truncates it can bring about. */
function readSome(fd: number, into: Buffer, filled: number, position: number): number {
  const read = fs.readSync(fd, into, filled, into.length - filled, position);
  if (read === 0) throw new Error("The file with events that wait was cut.");
  return read;
}
