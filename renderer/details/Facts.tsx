import type { StatementDetail } from "../../proxy/api/contract.ts";
import { bytes, count } from "../format/quantity.ts";
import { ActorName } from "../shell/ActorName.tsx";
import { type Fact, FactList } from "../shell/FactList.tsx";
import { PlainText } from "../shell/PlainText.tsx";
import { SqlText } from "../shell/SqlText.tsx";
import { shownActorOfRow } from "../shell/shown-actor.ts";
import { goTo } from "../state/use-place.ts";
import styles from "./Facts.module.css";

/** What is known about a statement besides its text and rows. */
export function Facts({ detail }: { readonly detail: StatementDetail }) {
  const { row, infile, state } = detail;
  const variables = Object.entries(state?.variables ?? {}).map(([name, value]) => `${name} = ${value}`);
  const facts: readonly Fact[] = [
    ["Actor", <ActorName key="actor" actor={shownActorOfRow(row)} spelledOut />],
    ["Connection", <PlainText key="connection" text={row.connection} />],
    ["Account", row.account === null ? null : <PlainText key="account" text={row.account} />],
    [
      "Session",
      <button
        key="session"
        type="button"
        className={styles.link}
        onClick={() => goTo({ screen: "session", session: row.session, selected: row.seq })}
      >
        <PlainText text={row.session} />
      </button>,
    ],
    ["Number", count(row.seq)],
    ["Asks for", detail.summary === null ? null : <PlainText key="summary" text={detail.summary} />],
    ["Local file", infile === null ? null : <PlainText key="infile" text={`${infile.name}, ${bytes(infile.bytes)} sent`} />],
    ["Rows", row.rows === null ? null : count(row.rows)],
    ["Affected", row.affected === null ? null : count(row.affected)],
    ["Insert id", detail.insertId],
    ["Warnings", count(detail.warnings)],
    ["Schema from then on", state?.schema ? <PlainText key="schema" text={state.schema} /> : null],
    ["Set in the session", variables.length === 0 ? null : <PlainText key="variables" text={variables.join(", ")} />],
    ["GTID", state?.gtid ? <PlainText key="gtid" text={state.gtid} /> : null],
    ["From client", bytes(row.bytesIn)],
    ["To client", bytes(row.bytesOut)],
    ["Error", row.errno === null ? null : `${row.errno}${detail.sqlstate === null ? "" : `, SQLSTATE ${detail.sqlstate}`}`],
    [
      "Digest",
      detail.digest === null ? null : (
        <span key="digest" className={styles.digest}>
          {detail.digest}
        </span>
      ),
    ],
  ];
  return (
    <div className={styles.facts}>
      <FactList facts={facts} />
      {detail.digestText !== null && (
        <div>
          <h3 className={styles.title}>Form of the statement</h3>
          <p className={styles.sql}>
            <SqlText sql={detail.digestText} />
          </p>
        </div>
      )}
    </div>
  );
}
