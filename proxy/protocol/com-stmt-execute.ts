/** COM_STMT_EXECUTE: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_execute.html */
import type { Parameter } from "../model/statement.ts";
import { Capability, has } from "./capabilities.ts";
import { type Decoded, decoding, MalformedPacket } from "./packet-reader.ts";
import { type ParameterType, readNullBits, readParameterTypes, readParameterValues } from "./parameters.ts";

/** What earlier commands said about the statement being executed. */
export interface ExecuteContext {
  /** Number of the statement's own parameters, from COM_STMT_PREPARE_OK. */
  readonly parameters: number;
  /** Types bound by an earlier execution; `null` where there was none. */
  readonly types: readonly ParameterType[] | null;
  readonly longValues: ReadonlyMap<number, Buffer>;
  /** Collation id of the strings in it; `null` for UTF-8. */
  readonly characterSet: number | null;
  /** False where only its attributes and the types that it binds are wanted. */
  readonly values: boolean;
}

export interface ComStmtExecute {
  readonly params: readonly Parameter[];
  readonly attributes: readonly Parameter[];
  /** Types that this execution bound for itself and later ones; `null` where it used earlier ones. */
  readonly boundTypes: readonly ParameterType[] | null;
}

const parameterCountAvailable = 0x08;

/** Statement id of COM_STMT_EXECUTE, COM_STMT_FETCH, COM_STMT_CLOSE, COM_STMT_RESET, COM_STMT_SEND_LONG_DATA; `null` where too short. */
export function statementIdOf(payload: Buffer): number | null {
  return payload.length >= 5 ? payload.readUInt32LE(1) : null;
}

/** Decodes a COM_STMT_EXECUTE's payload, command byte included. */
export function decodeComStmtExecute(payload: Buffer, capabilities: number, context: ExecuteContext): Decoded<ComStmtExecute> {
  return decoding("COM_STMT_EXECUTE", payload, (reader) => {
    reader.skip(5);
    const flags = reader.uint8();
    reader.skip(4);
    const named = has(capabilities, Capability.QUERY_ATTRIBUTES);
    const countSent = named && has(flags, parameterCountAvailable);
    if (context.parameters === 0 && !countSent) return { params: [], attributes: [], boundTypes: null };
    const count = countSent ? reader.lengthEncoded() : context.parameters;
    if (count === 0) return { params: [], attributes: [], boundTypes: null };
    const nulls = readNullBits(reader, count);
    const boundTypes = reader.uint8() === 1 ? readParameterTypes(reader, count, named) : null;
    if (!context.values && count <= context.parameters) return { params: [], attributes: [], boundTypes };
    const types = boundTypes ?? context.types?.slice(0, count) ?? [];
    if (types.length < count) throw new MalformedPacket("the types of its parameters were not bound");
    const all = readParameterValues(reader, types, nulls, context);
    return { params: all.slice(0, context.parameters), attributes: all.slice(context.parameters), boundTypes };
  });
}
