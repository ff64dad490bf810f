import type { StatementDetail } from "../../proxy/api/contract.ts";
import { Notice } from "../shell/Notice.tsx";
import { PlainText } from "../shell/PlainText.tsx";
import { CellText } from "../viewer/CellText.tsx";
import styles from "./ParameterList.module.css";

type ClaimedListProps = Pick<StatementDetail, "attributes" | "claims">;

const sources = { connection: "when it connected", attribute: "query attribute", comment: "comment in the SQL" } as const;

/** What the client said of the statement and of itself: what came with the statement first. */
export function ClaimedList({ attributes, claims }: ClaimedListProps) {
  const withStatement = claims.filter(({ from }) => from !== "connection");
  const ofConnection = claims.filter(({ from }) => from === "connection");
  return (
    <div className={styles.list}>
      <Notice tone="warning">
        <b>Claimed</b> by the client, not proven.
      </Notice>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Value</th>
            <th scope="col">Where</th>
          </tr>
        </thead>
        <tbody>
          {attributes.map(({ name, value }, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: an attribute is its place; names may come twice
            <tr key={`attribute ${place}`}>
              <td>
                <PlainText text={name ?? ""} />
              </td>
              <td className={styles.value}>
                <CellText cell={value} />
              </td>
              <td className={styles.type}>{sources.attribute}</td>
            </tr>
          ))}
          {[...withStatement, ...ofConnection].map(({ from, name, value }, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a claim is its place; names may come twice
            <tr key={`claim ${place}`}>
              <td>
                <PlainText text={name} />
              </td>
              <td className={styles.value}>
                <PlainText text={value} />
              </td>
              <td className={styles.type}>{sources[from]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
