/** Commands as they are recorded: without the secrets in their texts and parameters. */
import { readBinaryValue } from "../protocol/binary-value.ts";
import { Capability, has } from "../protocol/capabilities.ts";
import { binaryCollation } from "../protocol/character-set.ts";
import { ColumnType } from "../protocol/column-type.ts";
import { decodeComQuery } from "../protocol/com-query.ts";
import { Command } from "../protocol/command.ts";
import { decoding, type PacketReader } from "../protocol/packet-reader.ts";
import { PacketWriter } from "../protocol/packet-writer.ts";
import { type ParameterType, readParameterTypes } from "../protocol/parameters.ts";
import { type Secrets, secretsIn } from "../sql/secrets/secret-literals.ts";
import { marker, withReplaced } from "./redaction.ts";

/** A prepared statement with parameters that are secrets. */
export interface WatchedStatement {
  /** By index; `any` where it may be one of several statements. */
  readonly secrets: ReadonlySet<number> | "any";
  /** How many parameters it has. */
  readonly parameters: number;
  /** Types that an execution bound; `null` before the first. */
  types: readonly ParameterType[] | null;
  /** Parameters whose values came by COM_STMT_SEND_LONG_DATA, for the next execution. */
  readonly long: Set<number>;
}

/** A payload as it is recorded, and how many secrets were replaced in it. */
export interface RedactedPayload {
  readonly payload: Buffer;
  readonly redacted: number;
}

/** Where a value begins and ends in a payload. */
interface ValuePlace {
  readonly start: number;
  readonly end: number;
  readonly type: number;
}

/** Secrets of one execution that are replaced one by one. Where there are more, which takes ever longer and more memory, nothing is kept. */
const mostSecrets = 500_000;

const marked = new PacketWriter().lengthEncodedBytes(marker).payload();

const fixedTypes: ReadonlySet<number> = new Set([
  ...[ColumnType.TINY, ColumnType.SHORT, ColumnType.YEAR, ColumnType.LONG, ColumnType.INT24, ColumnType.LONGLONG],
  ...[ColumnType.FLOAT, ColumnType.DOUBLE],
]);
const temporalTypes: ReadonlySet<number> = new Set([
  ...[ColumnType.DATE, ColumnType.NEWDATE, ColumnType.DATETIME, ColumnType.DATETIME2],
  ...[ColumnType.TIMESTAMP, ColumnType.TIMESTAMP2, ColumnType.TIME, ColumnType.TIME2],
]);

const typesFollow = 0x80;
const parameterCountAvailable = 0x08;

/** The text of COM_QUERY or COM_STMT_PREPARE without its secrets (`null` where it has none), and what is in it. */
export function redactText(
  payload: Buffer,
  capabilities: number,
): { readonly recorded: RedactedPayload | null; readonly secrets: Secrets } {
  const offset = payload[0] === Command.QUERY ? textOffset(payload, capabilities) : 1;
  const secrets = secretsIn(payload.toString("latin1", offset));
  const { stretches } = secrets;
  if (stretches.length === 0) return { recorded: null, secrets };
  return { recorded: { payload: withReplaced(payload, stretches, offset), redacted: stretches.length }, secrets };
}

function textOffset(payload: Buffer, capabilities: number): number {
  const decoded = decodeComQuery(payload, capabilities);
  return decoded.ok ? payload.length - decoded.value.text.length : 1;
}

/** COM_STMT_EXECUTE, COM_STMT_BULK_EXECUTE or COM_STMT_SEND_LONG_DATA without the secrets among the parameters; `null` where it has none. */
export function redactParameters(payload: Buffer, capabilities: number, of: WatchedStatement): RedactedPayload | null {
  if (payload[0] === Command.STMT_SEND_LONG_DATA) return { payload: Buffer.concat([payload.subarray(0, 7), marker]), redacted: 1 };
  const bulk = payload[0] === Command.STMT_BULK_EXECUTE;
  const found = decoding("parameters", payload, (reader) => (bulk ? bulkSecrets(reader, of) : executeSecrets(reader, capabilities, of)));
  of.long.clear();
  // What cannot be decoded may be anything.
  if (of.secrets === "any" || !found.ok || found.value.length > mostSecrets)
    return { payload: Buffer.concat([payload.subarray(0, 7), Buffer.alloc(Math.max(0, payload.length - 7))]), redacted: 1 };
  return found.value.length === 0 ? null : { payload: withoutValues(payload, found.value), redacted: found.value.length };
}

/** COM_REGISTER_SLAVE without the password that a replica reports of itself; `null` where it reports none. */
export function redactRegistration(payload: Buffer): RedactedPayload | null {
  const found = decoding("COM_REGISTER_SLAVE", payload, (reader) => {
    reader.skip(5);
    reader.skip(reader.uint8());
    reader.skip(reader.uint8());
    const start = reader.position;
    reader.skip(reader.uint8());
    return { start, end: reader.position };
  });
  if (!found.ok) return { payload: payload.subarray(0, 5), redacted: 1 };
  if (found.value.end - found.value.start <= 1) return null;
  return { payload: withReplaced(payload, [found.value], 0, marked), redacted: 1 };
}

function executeSecrets(reader: PacketReader, capabilities: number, of: WatchedStatement): ValuePlace[] {
  reader.skip(5);
  const flags = reader.uint8();
  reader.skip(4);
  const named = has(capabilities, Capability.QUERY_ATTRIBUTES);
  const count = named && has(flags, parameterCountAvailable) ? reader.lengthEncoded() : of.parameters;
  const nulls = reader.bytes((count + 7) >> 3);
  if (reader.uint8() === 1) of.types = readParameterTypes(reader, count, named);
  const places: ValuePlace[] = [];
  for (const [index, { type }] of typesOf(of).entries()) {
    if (of.long.has(index) || ((nulls[index >> 3] ?? 0) & (1 << (index & 7))) !== 0) continue;
    const place = passValue(reader, type);
    if (isSecret(of, index)) places.push(place);
  }
  return places;
}

/** MariaDB's layout: https://mariadb.com/kb/en/com_stmt_bulk_execute/ */
function bulkSecrets(reader: PacketReader, of: WatchedStatement): ValuePlace[] {
  reader.skip(5);
  if (has(reader.uint16(), typesFollow)) of.types = readParameterTypes(reader, of.parameters, false);
  const types = typesOf(of);
  const places: ValuePlace[] = [];
  while (reader.remaining > 0 && places.length <= mostSecrets) {
    for (const [index, { type }] of types.entries()) {
      if (reader.uint8() !== 0) continue;
      const place = passValue(reader, type);
      if (isSecret(of, index)) places.push(place);
    }
  }
  return places;
}

/** Without types nothing can be found: no statement with a secret has none. */
function typesOf({ types, parameters }: WatchedStatement): readonly ParameterType[] {
  return types ?? Array.from({ length: parameters }, () => ({ type: ColumnType.VAR_STRING, unsigned: false, name: null }));
}

function isSecret({ secrets }: WatchedStatement, index: number): boolean {
  return secrets === "any" || secrets.has(index);
}

function passValue(reader: PacketReader, type: number): ValuePlace {
  const start = reader.position;
  readBinaryValue(reader, { type, flags: 0, collation: binaryCollation, decimals: 31, length: 0 });
  return { start, end: reader.position, type };
}

/** Texts become the marker; numbers and times become zeros of the same size. */
function withoutValues(payload: Buffer, places: readonly ValuePlace[]): Buffer {
  const copy = Buffer.from(payload);
  for (const { start, end, type } of places) {
    if (fixedTypes.has(type)) copy.fill(0, start, end);
    else if (temporalTypes.has(type)) copy.fill(0, start + 1, end);
  }
  const texts = places.filter(({ type, start, end }) => end > start && !fixedTypes.has(type) && !temporalTypes.has(type));
  return withReplaced(copy, texts, 0, marked);
}
