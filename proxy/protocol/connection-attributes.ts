/** Connection attributes (`CLIENT_CONNECT_ATTRS`): what a client program says about itself. Claimed, never proven. */
import { type Decoded, decoding } from "./packet-reader.ts";

/** Decodes the keys and values that follow the attributes' total length. A name given twice keeps its last value. */
export function decodeConnectionAttributes(attributes: Buffer): Decoded<Record<string, string>> {
  return decoding("connection attributes", attributes, (reader) => {
    const found: [string, string][] = [];
    while (reader.remaining > 0) found.push([reader.lengthEncodedText(), reader.lengthEncodedText()]);
    return Object.fromEntries(found);
  });
}
