/** A prepared statement of a session, and the values that an execution binds to it. */
import type { Parameter } from "../../model/statement.ts";
import { decodeComStmtExecute } from "../../protocol/com-stmt-execute.ts";
import type { Decoded } from "../../protocol/packet-reader.ts";
import type { ParameterType } from "../../protocol/parameters.ts";
import type { SqliteValue } from "./column-shape.ts";
import type { Token } from "./sql-tokens.ts";

/** Most bytes that COM_STMT_SEND_LONG_DATA may gather for one statement. */
const maxLongBytes = 16 * 1024 * 1024;

export class PreparedStatement {
  readonly sql: string;
  readonly tokens: readonly Token[];
  readonly parameters: number;
  private types: readonly ParameterType[] | null = null;
  private longValues = new Map<number, Buffer>();
  private longBytes = 0;

  constructor(sql: string, tokens: readonly Token[]) {
    this.sql = sql;
    this.tokens = tokens;
    this.parameters = tokens.filter((token) => token.kind === "parameter").length;
  }

  /** Takes a COM_STMT_SEND_LONG_DATA's payload. What is beyond the limit is dropped; the execution then fails. */
  takeLongData(payload: Buffer): void {
    if (payload.length < 7) return;
    const index = payload.readUInt16LE(5);
    this.longBytes += payload.length - 7;
    if (this.longBytes > maxLongBytes) return;
    this.longValues.set(index, Buffer.concat([this.longValues.get(index) ?? Buffer.alloc(0), payload.subarray(7)]));
  }

  /** Forgets long values: COM_STMT_RESET, and after each execution. */
  forgetLongData(): void {
    this.longValues = new Map();
    this.longBytes = 0;
  }

  /** The values that a COM_STMT_EXECUTE's payload binds. */
  bound(payload: Buffer, capabilities: number): Decoded<SqliteValue[]> {
    const context = { parameters: this.parameters, types: this.types, longValues: this.longValues, characterSet: null, values: true };
    const decoded = decodeComStmtExecute(payload, capabilities, context);
    this.forgetLongData();
    if (!decoded.ok) return decoded;
    this.types = decoded.value.boundTypes ?? this.types;
    return { ok: true, value: decoded.value.params.map(sqliteValue) };
  }
}

const integerTypes = /_(TINY|SHORT|LONG|INT24|LONGLONG|YEAR)$/;

/** A parameter as SQLite takes it. */
function sqliteValue({ type, value }: Parameter): SqliteValue {
  if (value === null) return null;
  if (typeof value !== "string") return Buffer.from(value.base64, "base64");
  if (integerTypes.test(type)) return BigInt(value);
  if (!/_(FLOAT|DOUBLE)$/.test(type)) return value;
  const number = Number(value);
  // Drivers without an integer type of their own send whole numbers as doubles; a column of text must not see "7.0".
  return Number.isSafeInteger(number) ? BigInt(number) : number;
}
