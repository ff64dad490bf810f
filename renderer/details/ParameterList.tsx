import type { StatementDetail } from "../../proxy/api/contract.ts";
import { CellText } from "../viewer/CellText.tsx";
import styles from "./ParameterList.module.css";

interface ParameterListProps {
  readonly parameters: NonNullable<StatementDetail["params"]>;
}

const indicators = { default: "the column's default", ignore: "not written" } as const;

/** Parameters of a prepared statement in order. */
export function ParameterList({ parameters }: ParameterListProps) {
  if (parameters.length === 0) return <p className={styles.none}>The statement was executed without parameters.</p>;
  return (
    <div className={styles.list}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">No.</th>
            <th scope="col">Type</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          {parameters.map((parameter, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a parameter is its place
            <tr key={place}>
              <td className={styles.number}>{place + 1}</td>
              <td className={styles.type}>
                {parameter.type.replace(/^MYSQL_TYPE_/, "")}
                {parameter.unsigned ? " unsigned" : ""}
              </td>
              <td className={styles.value}>
                {parameter.indicator === undefined ? <CellText cell={parameter.value} /> : indicators[parameter.indicator]}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
