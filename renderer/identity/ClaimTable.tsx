import { dateTime, fullTime } from "../format/time.ts";
import { PlainText } from "../shell/PlainText.tsx";
import styles from "./ClaimTable.module.css";

/** Claims that are seconds since the Unix epoch (OpenID Connect Core, 2). */
const times = new Set(["iat", "exp", "nbf", "auth_time"]);

/** Claims by name; what is not text as JSON. */
export function ClaimTable({ claims }: { readonly claims: { readonly [name: string]: unknown } }) {
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col" className={styles.heading}>
            Claim
          </th>
          <th scope="col" className={styles.heading}>
            Value
          </th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(claims).map(([name, value]) => (
          <tr key={name}>
            <th scope="row" className={styles.name}>
              <PlainText text={name} />
            </th>
            <td className={styles.value}>
              <PlainText text={typeof value === "string" ? value : (JSON.stringify(value) ?? "")} />
              {times.has(name) && typeof value === "number" && (
                <span className={styles.time} title={fullTime(value * 1_000_000)}>
                  {dateTime(value * 1_000_000)}
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
