/** Answers under `durability: "strict"`: each waits until the disk has its command and itself. */
import type { SessionRecording } from "./recording.ts";

/** Bytes that may wait for the disk before the upstream is paused. */
const maxWaitingBytes = 1024 * 1024;

export class DurableAnswers {
  /** Bytes that wait for the disk. */
  waitingBytes = 0;
  private readonly recording: SessionRecording;
  private readonly durable: (answer: Buffer) => void;

  /** `durable` is called with each answer once the disk has it. */
  constructor(recording: SessionRecording, durable: (answer: Buffer) => void) {
    this.recording = recording;
    this.durable = durable;
  }

  /** Whether no more should be read until something is on the disk. */
  get full(): boolean {
    return this.waitingBytes > maxWaitingBytes;
  }

  /** Takes an answer that has been recorded. It must not be overwritten. */
  push(answer: Buffer): void {
    this.waitingBytes += answer.length;
    this.recording.whenDurable(() => {
      this.waitingBytes -= answer.length;
      this.durable(answer);
    });
  }
}
