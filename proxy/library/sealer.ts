import { failureOf } from "../model/failure.ts";
import { sealRecording } from "../recording/seal.ts";

/** A recording that ended. */
export interface EndedRecording {
  readonly session: string;
  readonly path: string;
}

/** Seals recordings that ended, one at a time. */
export class Sealer {
  readonly #queue = new Map<string, EndedRecording>();
  /** Why the last recording that should have been sealed was not; `null` where it was. */
  problem: string | null = null;

  add(recording: EndedRecording): void {
    this.#queue.set(recording.session, recording);
  }

  get hasWork(): boolean {
    return this.#queue.size > 0;
  }

  /** Seals the next one and gives it; `null` where there is none, or where it could not be sealed. */
  next(): EndedRecording | null {
    const [recording] = this.#queue.values();
    if (recording === undefined) return null;
    this.#queue.delete(recording.session);
    try {
      sealRecording(recording.path);
      this.problem = null;
      return recording;
    } catch (thrown) {
      this.problem = `A recording could not be sealed: ${failureOf(thrown).message}`;
      return null;
    }
  }
}
