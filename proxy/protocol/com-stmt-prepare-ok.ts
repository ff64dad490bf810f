/** COM_STMT_PREPARE_OK: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_prepare.html */
import { type Decoded, decoding } from "./packet-reader.ts";

export interface ComStmtPrepareOk {
  readonly statementId: number;
  readonly columns: number;
  readonly parameters: number;
  readonly warnings: number;
}

/** Decodes the first packet of the answer to COM_STMT_PREPARE. */
export function decodeComStmtPrepareOk(payload: Buffer): Decoded<ComStmtPrepareOk> {
  return decoding("COM_STMT_PREPARE_OK", payload, (reader) => {
    reader.skip(1);
    const statementId = reader.uint32();
    const columns = reader.uint16();
    const parameters = reader.uint16();
    if (reader.remaining >= 3) reader.skip(1);
    return { statementId, columns, parameters, warnings: reader.remaining >= 2 ? reader.uint16() : 0 };
  });
}
