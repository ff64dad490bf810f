/** Reads whole recordings through the decoder, at once or with interruptions. */
import type { DecoderSink } from "./decoder-sink.ts";
import { FrameReader, type ReadEnd } from "./frame-reader.ts";
import { SessionDecoder } from "./session-decoder.ts";

/** A pass over one recording that can be interrupted, so that who prints it need not hold all of it. */
export class RecordingPass {
  private readonly reader: FrameReader;
  private readonly decoder: SessionDecoder;

  /** Throws where the file cannot be opened. `params`: whether parameters are decoded. */
  constructor(file: string, sink: DecoderSink, params: boolean) {
    this.reader = new FrameReader(file, 0, "transient");
    this.decoder = decoderOfAll(sink, params);
  }

  /** Reads on until `enough`, asked behind each frame, or until the end: then says how reading ended. */
  read(enough: () => boolean): ReadEnd | null {
    let interrupted = false;
    const end = this.reader.read((frame) => {
      this.decoder.frame(frame);
      interrupted = enough();
      return !interrupted;
    });
    return interrupted ? null : end;
  }

  close(): void {
    this.reader.close();
  }
}

/** Reads a whole recording with `sink`. Says how reading ended. Throws where it cannot be opened. */
export function readRecording(file: string, sink: DecoderSink, params: boolean): ReadEnd {
  const reader = new FrameReader(file, 0, "transient");
  const decoder = decoderOfAll(sink, params);
  try {
    return reader.read((frame) => decoder.frame(frame));
  } finally {
    reader.close();
  }
}

function decoderOfAll(sink: DecoderSink, params: boolean): SessionDecoder {
  return new SessionDecoder(sink, { commandBytes: Number.POSITIVE_INFINITY, params });
}
