/** COM_STMT_BULK_EXECUTE, MariaDB's execution with many sets of parameters: https://mariadb.com/kb/en/com_stmt_bulk_execute/ */
import type { Parameter } from "../model/statement.ts";
import type { ExecuteContext } from "./com-stmt-execute.ts";
import { type Decoded, decoding, MalformedPacket, type PacketReader } from "./packet-reader.ts";
import { nullParameter, type ParameterType, readParameterTypes, readParameterValue } from "./parameters.ts";

export interface ComStmtBulkExecute {
  /** The parameters of each execution, in order; none where only types are wanted. */
  readonly sets: readonly (readonly Parameter[])[];
  /** Types that this command bound for itself and later ones; `null` where it used earlier ones. */
  readonly boundTypes: readonly ParameterType[] | null;
}

const typesAreSent = 128;

/** What stands in front of each value; only `value` is followed by one. */
const Indicator = { value: 0, null: 1, default: 2, ignore: 3 } as const;

/** Decodes a COM_STMT_BULK_EXECUTE's payload, command byte included. */
export function decodeComStmtBulkExecute(payload: Buffer, context: Omit<ExecuteContext, "longValues">): Decoded<ComStmtBulkExecute> {
  return decoding("COM_STMT_BULK_EXECUTE", payload, (reader) => {
    reader.skip(5);
    const flags = reader.uint16();
    const boundTypes = (flags & typesAreSent) === 0 ? null : readParameterTypes(reader, context.parameters, false);
    const types = boundTypes ?? context.types?.slice(0, context.parameters) ?? [];
    if (!context.values) return { sets: [], boundTypes };
    if (types.length < context.parameters) throw new MalformedPacket("the types of its parameters were not bound");
    if (types.length === 0 && reader.remaining > 0) throw new MalformedPacket("it has values, but its statement has no parameters");
    const sets: Parameter[][] = [];
    while (reader.remaining > 0) sets.push(types.map((type) => readBulkParameter(reader, type, context.characterSet)));
    return { sets, boundTypes };
  });
}

function readBulkParameter(reader: PacketReader, type: ParameterType, characterSet: number | null): Parameter {
  const indicator = reader.uint8();
  switch (indicator) {
    case Indicator.value:
      return readParameterValue(reader, type, characterSet);
    case Indicator.null:
      return nullParameter(type);
    case Indicator.default:
      return { ...nullParameter(type), indicator: "default" };
    case Indicator.ignore:
      return { ...nullParameter(type), indicator: "ignore" };
    default:
      throw new MalformedPacket(`${indicator} does not say whether a value follows`);
  }
}
