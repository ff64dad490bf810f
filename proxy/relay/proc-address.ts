import { isIPv4 } from "node:net";
import { endianness } from "node:os";
import type { TcpAddress } from "../protocol/proxy-header.ts";

const mapped = "00000000000000000000ffff";

/**
 * An address and port as /proc/net/tcp and (`v6`) /proc/net/tcp6 write them: the address's words of 32 bits in the machine's own order,
 * in hexadecimal. IPv4's addresses are mapped in the latter. `null` for an address that is not in the table, or is none.
 */
export function procAddress({ address, port }: TcpAddress, v6: boolean): string | null {
  const bytes = bytesOf(address, v6);
  if (bytes === null) return null;
  if (endianness() === "LE") bytes.swap32();
  return `${bytes.toString("hex").toUpperCase()}:${port.toString(16).toUpperCase().padStart(4, "0")}`;
}

function bytesOf(address: string, v6: boolean): Buffer | null {
  const v4 = address.replace(/^::ffff:(?=\d+\.)/, "");
  if (isIPv4(v4)) {
    const bytes = Buffer.from(v4.split(".").map(Number));
    return v6 ? Buffer.concat([Buffer.from(mapped, "hex"), bytes]) : bytes;
  }
  return v6 ? expanded(address) : null;
}

/** The 16 bytes of an address as Node writes it, which has no zone here and no IPv4 part. */
function expanded(address: string): Buffer | null {
  const [head = "", tail] = address.split("::");
  const words = (text: string): string[] => (text === "" ? [] : text.split(":"));
  const [before, behind] = [words(head), words(tail ?? "")];
  const zeros = tail === undefined ? 0 : 8 - before.length - behind.length;
  const all = [...before, ...Array.from({ length: Math.max(zeros, 0) }, () => "0"), ...behind];
  if (all.length !== 8 || !all.every((word) => /^[0-9a-f]{1,4}$/i.test(word))) return null;
  return Buffer.from(all.map((word) => word.padStart(4, "0")).join(""), "hex");
}
