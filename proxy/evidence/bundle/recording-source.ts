import { setImmediate } from "node:timers/promises";
import { FailureError } from "../../model/failure.ts";
import type { ReadEnd } from "../../recording/frame-reader.ts";
import { EventPass } from "../events/event-pass.ts";
import type { SealFacts, SessionItem, SessionSlice, SessionSource } from "./session-items.ts";

/** How long is read at once, and how much is given at once: others use the same thread. */
const sliceMs = 20;
const sliceCharacters = 512 * 1024;

/** A sealed session as its recording has it. */
export class RecordingSource implements SessionSource {
  readonly session: string;
  readonly seal: SealFacts;
  readonly bytes: number;
  readonly wire: string;
  readonly #saltKey: Uint8Array;

  constructor(
    facts: { readonly session: string; readonly file: string; readonly bytes: number; readonly seal: SealFacts },
    saltKey: Uint8Array,
  ) {
    this.session = facts.session;
    this.wire = facts.file;
    this.bytes = facts.bytes;
    this.seal = facts.seal;
    this.#saltKey = saltKey;
  }

  async *read(): AsyncGenerator<SessionSlice> {
    let items: SessionItem[] = [];
    let characters = 0;
    let bytes = 0;
    const pass = new EventPass(this.wire, this.#saltKey, {
      frame: (frame) => {
        bytes = frame.end;
      },
      part: ({ n, path, salt, value, json, commitment }) => {
        const opened = { salt: salt.toString("hex"), value, json };
        items.push({ kind: "part", n, path, commitment: commitment.toString("hex"), opened });
        characters += json.length;
      },
      event: ({ n, header, leaf, hash }) => {
        items.push({ kind: "event", n, header, leaf, hash });
        characters += leaf.length;
      },
    });
    try {
      for (let end: ReadEnd | null = null; end === null; ) {
        const until = performance.now() + sliceMs;
        end = pass.read(() => characters >= sliceCharacters || performance.now() > until);
        if (end !== null && end.kind !== "end") throw damaged(this.wire, end);
        yield { items, bytes };
        items = [];
        characters = 0;
        await setImmediate();
      }
    } finally {
      pass.close();
    }
  }
}

function damaged(file: string, { reason, offset }: Exclude<ReadEnd, { kind: "end" }>): FailureError {
  return new FailureError("recording-damaged", `The recording ${file} is damaged: ${reason} at byte ${offset}. It was not exported.`);
}
