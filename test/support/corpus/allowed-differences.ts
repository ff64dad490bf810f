/** The one list of what may differ between two connections to the same server that ask the same. */

/** A packet of an answer, as `observe` shows it: sequence id, a space, the payload with bytes as `\xNN`. */
type Packet = string;

interface AllowedDifference {
  /** Of which commands. */
  readonly of: RegExp;
  readonly because: string;
  /** What is left to compare. */
  readonly alike: (packets: readonly Packet[]) => Packet[];
}

/** The definitions of columns, without which nothing is left. */
function definitions(packets: readonly Packet[]): Packet[] {
  return packets.filter((packet) => /^\d+ \\x03def/.test(packet));
}

function replacing(pattern: RegExp, by: string): AllowedDifference["alike"] {
  return (packets) => packets.map((packet) => packet.replace(pattern, by));
}

const byte = String.raw`(?:\\x[0-9a-f]{2}|[^\\])`;

const allowedDifferences: readonly AllowedDifference[] = [
  {
    of: /CONNECTION_ID\(\)|SHOW PROCESSLIST|^COM_PROCESS_INFO$/,
    because: "each connection has a thread id of its own",
    alike: definitions,
  },
  { of: /UUID\(\)/, because: "no two are the same", alike: definitions },
  { of: /^COM_STATISTICS$|Uptime|^SHOW TABLE STATUS$/, because: "time goes on", alike: definitions },
  { of: /EXPLAIN ANALYZE|^ANALYZE (SELECT|FORMAT)/, because: "it tells how long it took", alike: definitions },
  { of: /^SHOW INDEX/, because: "cardinalities are estimated in the background", alike: definitions },
  {
    of: /^prepare /,
    because: "MariaDB numbers prepared statements across connections",
    alike: replacing(new RegExp(`^1 \\\\x00${byte}{4}`), "1 \\x00(statement)"),
  },
  {
    of: /^COM_CHANGE_USER/,
    because: "each sign-in has a scramble of its own, and who is mapped signs in by another account's plugin",
    alike: (packets) =>
      packets
        .filter((packet) => !/^\d+ \\x(fe|01)/.test(packet))
        .map((packet) => packet.replace(/^\d+ /, "").replaceAll("'alice'", "'app'")),
  },
  {
    of: /./,
    because: "the number of a prepared statement is in the messages about it",
    alike: replacing(/(statement handler|The statement) \(\d+\)/, "$1 (statement)"),
  },
];

/** `packets` of the answer to `what`, without what may differ. */
export function withoutDifferences(what: string, packets: readonly Packet[]): Packet[] {
  return allowedDifferences.reduce((left, { of, alike }) => (of.test(what) ? alike(left) : left), [...packets]);
}
