/** Finds the packets of one direction of a recording over its frames, and where in the file each of them begins. */
import type { RecordingPosition } from "../model/statement.ts";
import type { UnixMicros } from "../model/value.ts";
import { PacketFramer } from "../protocol/packet-framer.ts";
import type { Frame } from "./frame.ts";

/** What is told of each logical packet; see `PacketSink` of the framer. `bytes` are valid during the call only. */
export interface TrackSink {
  /** A packet's first payload byte is there (or it is empty): `began` and `beganAt` are the new packet's. */
  begin?(): void;
  packet(bytes: Buffer, start: number, kept: number, length: number): void;
}

/** Follows one direction. `keep`: how many payload bytes of a packet the sink needs at most. */
export class PacketTrack {
  /** Time of the frame with the first payload byte of the packet that began last. */
  beganAt: UnixMicros = 0;
  private readonly framer: PacketFramer;
  private beganFrame = 0;
  private beganSkip = 0;
  private headerFrame = 0;
  private headerSkip = 0;
  private frame = 0;
  private skip = 0;
  private at: UnixMicros = 0;

  constructor(sink: TrackSink, keep: number) {
    this.framer = new PacketFramer(
      {
        begin: (_first, _sequenceId, chunkOffset) => {
          this.begin(chunkOffset);
          sink.begin?.();
        },
        packet: (bytes, start, kept, length) => sink.packet(bytes, start, kept, length),
      },
      keep,
    );
  }

  /** Where the header of the packet that began last is. */
  get began(): RecordingPosition {
    return { frame: this.beganFrame, skip: this.beganSkip };
  }

  /** Takes the payload of the direction's next frame without its first `skip` bytes. */
  push(frame: Frame, skip: number): void {
    this.frame = frame.offset;
    this.skip = skip;
    this.at = frame.at;
    this.framer.push(skip === 0 ? frame.payload : frame.payload.subarray(skip));
    const header = this.framer.openHeaderAt;
    if (header < 0) return;
    this.headerFrame = frame.offset;
    this.headerSkip = skip + header;
  }

  private begin(chunkOffset: number): void {
    this.beganAt = this.at;
    this.beganFrame = chunkOffset < 0 ? this.headerFrame : this.frame;
    this.beganSkip = chunkOffset < 0 ? this.headerSkip : this.skip + chunkOffset;
  }
}
