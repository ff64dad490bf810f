import type { StatementDetail } from "../../proxy/api/contract.ts";
import { sqlLiteral } from "./sql-literal.ts";
import { sqlTokens } from "./sql-tokens.ts";

type Parameters = NonNullable<StatementDetail["params"]>;

/**
 * A prepared statement with its parameters written in place of its `?`. Not what went over the wire: always shown as such.
 * `?` in strings and comments stay; a `?` without a parameter stays too.
 */
export function inlineParameters(sql: string, parameters: Parameters): string {
  let next = 0;
  return sqlTokens(sql)
    .map((token) => {
      if (token.kind !== "parameter") return token.text;
      const parameter = parameters[next++];
      return parameter === undefined ? token.text : sqlLiteral(parameter.value, parameter.type);
    })
    .join("");
}
