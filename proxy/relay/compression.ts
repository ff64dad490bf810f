/**
 * A side of a session that compresses: what is written goes out in compressed packets, what comes in them is read
 * plain. It stands in for the socket, with the socket's back-pressure and the socket's ways to end.
 */
import net from "node:net";
import { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import {
  type CompressedPacket,
  CompressedPacketFramer,
  type CompressionAlgorithm,
  compress,
  compressNow,
  decompress,
  decompressNow,
  maxCompressedPayload,
} from "../protocol/compressed-packet.ts";
import type { EnvelopeIds, EnvelopePart } from "../protocol/envelope-ids.ts";

/** Larger payloads are (de)compressed on another thread; for smaller ones the way there takes longer than the work. */
const decompressedHereBytes = 16 * 1024;
const compressedHereBytes = 4 * 1024;

/** What the relay needs of a side, whether it compresses or not. */
export interface RelaySocket extends Duplex {
  /** Sends what was written, then closes. */
  destroySoon(): void;
  /** Closes with a reset. Only where `canReset`. */
  resetAndDestroy(): unknown;
}

/** Whether a side can be closed with a reset: TLS and Unix sockets have none, and a socket throws where it is asked for one. */
export function canReset(side: RelaySocket): boolean {
  if (side instanceof CompressedSocket) return side.canReset;
  return side instanceof net.Socket && !(side instanceof TLSSocket) && !side.destroyed && side.remoteAddress !== undefined;
}

export interface CompressionSettings {
  readonly algorithm: CompressionAlgorithm;
  /** The sequence ids of what is sent. */
  readonly ids: EnvelopeIds;
  /** What came is not what it says. Nothing more is read; the socket is not closed. */
  readonly malformed: (what: string) => void;
}

type Written = (failure?: Error | null) => void;

export class CompressedSocket extends Duplex implements RelaySocket {
  private readonly raw: net.Socket;
  private readonly settings: CompressionSettings;
  private readonly incoming = new CompressedPacketFramer();
  private queue: CompressedPacket[] = [];
  private working = false;
  private wanted = false;
  private rawHasEnded = false;
  private rawIsClosed = false;
  private rawFailure: Error | null = null;
  private awaitsDrain: Written | null = null;

  /** `raw` is paused; nothing of it is read until this is. */
  constructor(raw: net.Socket, settings: CompressionSettings) {
    super();
    this.raw = raw;
    this.settings = settings;
    raw.on("data", (chunk: Buffer) => {
      this.queue.push(...this.incoming.push(chunk));
      this.deliver();
    });
    raw.on("drain", () => this.drained());
    raw.on("end", () => {
      this.rawHasEnded = true;
      this.deliver();
    });
    raw.on("error", (failure) => this.rawClosed(failure));
    raw.on("close", () => this.rawClosed(null));
    raw.pause();
  }

  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", () => this.destroy());
  }

  get canReset(): boolean {
    return canReset(this.raw);
  }

  resetAndDestroy(): void {
    this.raw.resetAndDestroy();
    this.destroy();
  }

  override _read(): void {
    this.wanted = true;
    this.deliver();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, written: Written): void {
    this.send(chunk).then(() => {
      if (this.raw.writableNeedDrain && !this.raw.destroyed) this.awaitsDrain = written;
      else written();
    }, written);
  }

  override _final(finished: Written): void {
    if (this.raw.destroyed || this.raw.writableEnded) finished();
    else this.raw.end(finished);
  }

  override _destroy(failure: Error | null, destroyed: Written): void {
    this.queue = [];
    this.raw.destroy();
    this.drained();
    destroyed(failure);
  }

  private drained(): void {
    const written = this.awaitsDrain;
    this.awaitsDrain = null;
    written?.();
  }

  private rawClosed(failure: Error | null): void {
    this.rawIsClosed = true;
    this.rawFailure ??= failure;
    this.drained();
    this.deliver();
  }

  /** Gives on what has come, in order, as far as it is wanted; then how the socket ended. */
  private deliver(): void {
    while (!this.working && !this.destroyed) {
      const packet = this.wanted ? this.queue.shift() : undefined;
      if (packet !== undefined) this.open(packet);
      else if (this.queue.length > 0) {
        this.raw.pause();
        return;
      } else {
        this.waitForMore();
        return;
      }
    }
  }

  private waitForMore(): void {
    if (this.rawFailure !== null) this.destroy(this.rawFailure);
    else if (this.rawHasEnded) this.endReading();
    else if (this.rawIsClosed) this.destroy();
    else if (this.wanted) this.raw.resume();
    else this.raw.pause();
  }

  /** Nothing more comes. Where nothing can be written any more either, this closes once all has been read. */
  private endReading(): void {
    this.push(null);
    if (!this.rawIsClosed) return;
    if (this.readableEnded) this.destroy();
    else this.once("end", () => this.destroy());
  }

  private open(packet: CompressedPacket): void {
    if (packet.announced <= decompressedHereBytes) {
      try {
        this.give(packet, decompressNow(packet, this.settings.algorithm));
      } catch (thrown) {
        this.refuse(thrown);
      }
      return;
    }
    this.working = true;
    this.raw.pause();
    decompress(packet, this.settings.algorithm).then(
      (plain) => {
        this.working = false;
        this.give(packet, plain);
        this.deliver();
      },
      (thrown: unknown) => this.refuse(thrown),
    );
  }

  private give(packet: CompressedPacket, plain: Buffer): void {
    this.settings.ids.came(plain, packet.sequenceId);
    if (plain.length > 0 && !this.destroyed) this.wanted = this.push(plain);
  }

  private refuse(thrown: unknown): void {
    this.working = true;
    this.queue = [];
    this.raw.pause();
    if (!this.destroyed) this.settings.malformed(thrown instanceof Error ? thrown.message : String(thrown));
  }

  private async send(chunk: Buffer): Promise<void> {
    for (const part of this.settings.ids.parts(chunk)) await this.sendPart(part);
  }

  /** Sends it in as many compressed packets as it needs. */
  private async sendPart({ bytes, id }: EnvelopePart): Promise<void> {
    const { algorithm, ids } = this.settings;
    let next = id;
    for (let at = 0; at < bytes.length; at += maxCompressedPayload) {
      const plain = bytes.subarray(at, at + maxCompressedPayload);
      const packet = plain.length <= compressedHereBytes ? compressNow(plain, next, algorithm) : await compress(plain, next, algorithm);
      next = (next + 1) & 0xff;
      ids.next = next;
      if (!this.raw.destroyed && this.raw.writable) this.raw.write(packet);
    }
  }
}
