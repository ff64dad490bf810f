import type { TimelineRow } from "../../proxy/api/contract.ts";
import { bytes, count, duration } from "../format/quantity.ts";
import { clockTime, fullTime } from "../format/time.ts";
import { visibleText } from "../format/visible-text.ts";
import { ActorName } from "../shell/ActorName.tsx";
import { OutcomeBadge } from "../shell/OutcomeBadge.tsx";
import { PlainText } from "../shell/PlainText.tsx";
import { SqlText } from "../shell/SqlText.tsx";
import { shownActorOfRow } from "../shell/shown-actor.ts";
import { AxisBar } from "./AxisBar.tsx";
import type { TimelineColumn } from "./column.ts";
import styles from "./columns.module.css";
import { filterTerm } from "./filter-term.ts";
import { waitBefore } from "./wait-before.ts";

function outcomeTerm(row: TimelineRow): string | null {
  if (row.errno !== null) return filterTerm("error", String(row.errno));
  return row.outcome === "aborted" ? "is:aborted" : null;
}

/** Every column that a list of statements can show, by id. */
export const timelineColumns: readonly TimelineColumn[] = [
  { id: "time", title: "Time", width: 104, mono: true, cell: (row) => clockTime(row.at), hover: (row) => fullTime(row.at) },
  {
    id: "wait",
    title: "Wait",
    width: 76,
    align: "end",
    cell: (row, { previous }) => {
      const wait = waitBefore(row, previous);
      return wait === null ? <span className={styles.faint}>–</span> : duration(wait);
    },
    hover: () => "Time between the end of the statement before and this one's start",
  },
  {
    id: "actor",
    title: "Actor",
    width: 120,
    cell: (row) => <ActorName actor={shownActorOfRow(row)} />,
    filter: (row) => filterTerm("actor", row.actor),
  },
  {
    id: "connection",
    title: "Connection",
    width: 100,
    grows: 0.75,
    cell: (row) => <PlainText text={row.connection} />,
    filter: (row) => filterTerm("connection", row.connection),
  },
  {
    id: "session",
    title: "Session",
    width: 84,
    mono: true,
    cell: (row) => <PlainText text={row.session.slice(-8)} />,
    hover: (row) => visibleText(row.session),
    filter: (row) => filterTerm("session", row.session),
  },
  { id: "seq", title: "No.", width: 56, align: "end", cell: (row) => row.seq },
  {
    id: "command",
    title: "Command",
    width: 112,
    cell: (row) => <span className={styles.command}>{row.command.replace(/^COM_/, "")}</span>,
    hover: (row) => row.command,
    filter: (row) => filterTerm("command", row.command),
  },
  {
    id: "sql",
    title: "Statement",
    width: 140,
    grows: 3,
    fills: true,
    mono: true,
    cell: (row) => (row.sql === null ? <span className={styles.faint}>{row.summary ?? row.command}</span> : <SqlText sql={row.sql} />),
  },
  { id: "axis", title: "Time axis", width: 160, grows: 1, cell: (row, { axis }) => <AxisBar row={row} axis={axis} /> },
  {
    id: "rows",
    title: "Rows",
    width: 84,
    align: "end",
    cell: (row) =>
      row.rows !== null ? count(row.rows) : row.affected !== null ? <span className={styles.affected}>±{count(row.affected)}</span> : "",
    hover: (row) => (row.rows !== null ? "Rows returned" : row.affected !== null ? "Rows affected" : ""),
  },
  {
    id: "duration",
    title: "Duration",
    width: 92,
    align: "end",
    cell: (row) => (row.durationUs === null ? <span className={styles.faint}>–</span> : duration(row.durationUs)),
    hover: (row) => (row.firstByteUs === null ? "" : `First byte after ${duration(row.firstByteUs)}`),
  },
  {
    id: "bytes",
    title: "Bytes",
    width: 80,
    align: "end",
    cell: (row) => bytes(row.bytesIn + row.bytesOut),
    hover: (row) => `${bytes(row.bytesIn)} from the client, ${bytes(row.bytesOut)} to it`,
  },
  {
    id: "outcome",
    title: "Outcome",
    width: 100,
    cell: (row) => <OutcomeBadge outcome={row.outcome} errno={row.errno} />,
    hover: (row) => (row.message === null ? "" : visibleText(row.message)),
    filter: (row) => outcomeTerm(row),
  },
];

/** The columns of the Live list, and of one session's list, until the person chooses others. */
export const liveColumns: readonly string[] = ["time", "actor", "connection", "session", "command", "sql", "rows", "duration", "outcome"];
export const sessionColumns: readonly string[] = ["seq", "time", "wait", "command", "sql", "axis", "rows", "duration", "outcome"];
