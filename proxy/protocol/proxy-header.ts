/**
 * The PROXY protocol, versions 1 and 2: what a proxy says first on a connection, about whose connection it is.
 * https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt
 */
export type ProxyProtocolVersion = "v1" | "v2";

/** One end of a TCP connection; `address` is an IP address as Node.js writes it. */
export interface TcpAddress {
  readonly address: string;
  readonly port: number;
}

const signature = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
const version2 = 0x20;
const command = { local: 0, proxy: 1 } as const;
const family = { unspecified: 0x00, tcp4: 0x11, tcp6: 0x21 } as const;

/**
 * The header for a client that connected from `source` to `destination`; `null` for one whose connection has no such
 * addresses, e.g. over a Unix socket: then the server takes the proxy's own.
 */
export function encodeProxyHeader(
  version: ProxyProtocolVersion,
  ends: { readonly source: TcpAddress; readonly destination: TcpAddress } | null,
): Buffer {
  const addresses = ends === null ? null : addressesOf(ends.source, ends.destination);
  return version === "v1" ? textHeader(addresses) : binaryHeader(addresses);
}

interface Addresses {
  readonly version: 4 | 6;
  readonly source: TcpAddress;
  readonly destination: TcpAddress;
}

/** Both addresses in one family: IPv4 ones that a socket of IPv6 gave in its own notation are written as IPv4. */
function addressesOf(source: TcpAddress, destination: TcpAddress): Addresses | null {
  const from = { ...source, address: plain(source.address) };
  const to = { ...destination, address: plain(destination.address) };
  if (isV6(from.address) !== isV6(to.address)) return null;
  return { version: isV6(from.address) ? 6 : 4, source: from, destination: to };
}

/** Without the zone of a link-local address, which means nothing on another machine. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
}

function isV6(address: string): boolean {
  return address.includes(":");
}

function textHeader(addresses: Addresses | null): Buffer {
  if (addresses === null) return Buffer.from("PROXY UNKNOWN\r\n", "latin1");
  const { version, source, destination } = addresses;
  return Buffer.from(`PROXY TCP${version} ${source.address} ${destination.address} ${source.port} ${destination.port}\r\n`, "latin1");
}

function binaryHeader(addresses: Addresses | null): Buffer {
  if (addresses === null) return Buffer.concat([signature, Buffer.of(version2 | command.local, family.unspecified, 0, 0)]);
  const { version, source, destination } = addresses;
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(source.port, 0);
  ports.writeUInt16BE(destination.port, 2);
  const body = Buffer.concat([addressBytes(source.address), addressBytes(destination.address), ports]);
  const head = Buffer.of(version2 | command.proxy, version === 4 ? family.tcp4 : family.tcp6, 0, body.length);
  return Buffer.concat([signature, head, body]);
}

function addressBytes(address: string): Buffer {
  if (!isV6(address)) return Buffer.from(address.split(".").map(Number));
  return Buffer.from(groupsOf(address).flatMap((group) => [group >> 8, group & 0xff]));
}

/** The eight groups of an IPv6 address, with what `::` leaves out. */
function groupsOf(address: string): number[] {
  const [head = "", tail] = address.split("::");
  const parse = (part: string): number[] => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16)));
  const before = parse(head);
  const after = tail === undefined ? [] : parse(tail);
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}
