/**
 * Decoders of character sets whose characters are bytes or pairs of bytes: those of a library, but for the characters
 * that servers have elsewhere in a set, and the codes in which they have none.
 */
import { isAscii } from "node:buffer";
import iconv from "iconv-lite";

/** A text; `null` where some byte of it is no character. */
export type Decode = (bytes: Buffer) => string | null;

/** What servers have in place of a code's character: another one, or none (`null`). */
export type OwnCharacters = ReadonlyMap<number, string | null>;

const noCharacter = "\ufffd";

/** A decoder of the Encoding Standard, which is native. `null` where it does not know the bytes. */
export function standardDecoder(label: string): Decode {
  let decoder: TextDecoder | null = null;
  return (bytes) => {
    decoder ??= new TextDecoder(label, { fatal: true, ignoreBOM: true });
    try {
      return decoder.decode(bytes);
    } catch {
      return null;
    }
  };
}

/** A decoder of a set of single bytes: iconv-lite's `base`, except for the bytes in `own`. */
export function singleByteDecoder(base: string, own: OwnCharacters = new Map()): Decode {
  let characters: readonly (string | null)[] | null = null;
  return (bytes) => {
    characters ??= Array.from({ length: 256 }, (_, byte) => {
      const replaced = own.get(byte);
      return replaced === undefined ? known(iconv.decode(Buffer.of(byte), base)) : replaced;
    });
    const text: string[] = [];
    for (const byte of bytes) {
      const character = characters[byte] ?? null;
      if (character === null) return null;
      text.push(character);
    }
    return text.join("");
  };
}

/**
 * A decoder of a set in which ASCII is single bytes and other codes have one to four: iconv-lite's `base`, except for
 * what `own` says of a code. `lengthAt`: how many bytes the code has that begins there.
 */
export function multiByteDecoder(
  base: string,
  lengthAt: (bytes: Buffer, at: number) => number,
  own: (code: number) => string | null | undefined,
): Decode {
  return (bytes) => {
    if (isAscii(bytes)) return bytes.toString("latin1");
    const texts: string[] = [];
    let from = 0;
    for (let at = 0; at < bytes.length; ) {
      const end = at + ((bytes[at] as number) < 0x80 ? 1 : lengthAt(bytes, at));
      if (end > bytes.length) return null;
      const replaced = own(bytes.readUIntBE(at, end - at));
      if (replaced === null) return null;
      if (replaced !== undefined) {
        texts.push(iconv.decode(bytes.subarray(from, at), base), replaced);
        from = end;
      }
      at = end;
    }
    texts.push(iconv.decode(bytes.subarray(from), base));
    return known(texts.join(""));
  };
}

function known(text: string): string | null {
  return text.includes(noCharacter) ? null : text;
}
