import type { StatementDetail } from "../../proxy/api/contract.ts";
import { counted } from "../format/quantity.ts";
import { PlainText } from "../shell/PlainText.tsx";
import styles from "./StatementDetails.module.css";

/** What is to be known of a statement before it is read: its error, and what the recording does not show of it. */
export function StatementNotices({ detail }: { readonly detail: StatementDetail }) {
  const { row } = detail;
  return (
    <>
      {row.message !== null && (
        <div className={styles.error} role="status">
          <b>
            {row.errno}
            {detail.sqlstate === null ? "" : ` (${detail.sqlstate})`}
          </b>{" "}
          <PlainText text={row.message} />
        </div>
      )}
      {detail.decodeFailed !== null && (
        <div className={styles.warning}>
          {row.partial ? "Not decoded in full: " : "Recorded in full, but not decoded in full: "}
          <PlainText text={detail.decodeFailed} />
        </div>
      )}
      {row.redacted > 0 && (
        <div className={styles.redacted}>
          {counted(row.redacted, "secret")} of it {row.redacted === 1 ? "is" : "are"} replaced in the recording by{" "}
          <code>&lt;redacted&gt;</code>; the server received what was sent.
        </div>
      )}
      {row.partial && <div className={styles.warning}>Something of this statement is not in the recording.</div>}
    </>
  );
}
