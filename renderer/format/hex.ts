/** The bytes behind a base64 text; empty where it is none. */
export function bytesOf(base64: string): Uint8Array {
  try {
    const binary = atob(base64);
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/** The bytes behind a base64 text as upper-case hexadecimal digits, e.g. `DEADBEEF`. */
export function hexOf(base64: string): string {
  return Array.from(bytesOf(base64), two).join("").toUpperCase();
}

/** Sixteen bytes a line: offset, hexadecimal, and the printable ASCII characters among them. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += 16) {
    const line = [...bytes.subarray(offset, offset + 16)];
    const digits = line.map(two).join(" ").padEnd(47);
    const ascii = line.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·")).join("");
    lines.push(`${offset.toString(16).padStart(8, "0")}  ${digits}  ${ascii}`);
  }
  return lines.join("\n");
}

function two(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
