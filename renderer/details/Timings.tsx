import type { TimelineRow } from "../../proxy/api/contract.ts";
import { duration } from "../format/quantity.ts";
import { fullTime } from "../format/time.ts";
import styles from "./Timings.module.css";

/** When the command was sent, and when its answer's first and last bytes came. */
export function Timings({ row }: { readonly row: TimelineRow }) {
  const { durationUs, firstByteUs } = row;
  const first = firstByteUs === null || durationUs === null || durationUs === 0 ? null : Math.min(1, firstByteUs / durationUs);
  return (
    <div className={styles.timings}>
      {first !== null && durationUs !== null && firstByteUs !== null && (
        <div
          className={styles.bar}
          role="img"
          aria-label={`${duration(firstByteUs)} to the first byte, ${duration(durationUs - firstByteUs)} more to the last`}
        >
          <span className={styles.wait} style={{ flexGrow: first }} />
          <span className={styles.receive} style={{ flexGrow: 1 - first }} />
        </div>
      )}
      <table className={styles.table}>
        <tbody>
          <Moment name="Sent" at={row.at} after={null} />
          <Moment name="First byte" at={firstByteUs === null ? null : row.at + firstByteUs} after={firstByteUs} mark={styles.wait} />
          <Moment name="Last byte" at={durationUs === null ? null : row.at + durationUs} after={durationUs} mark={styles.receive} />
        </tbody>
      </table>
      {durationUs === null && <p className={styles.note}>No answer was due to this command, or none came before the session ended.</p>}
    </div>
  );
}

interface MomentProps {
  readonly name: string;
  readonly at: number | null;
  readonly after: number | null;
  readonly mark?: string | undefined;
}

function Moment({ name, at, after, mark }: MomentProps) {
  const [local = "", utc = ""] = at === null ? ["–", ""] : fullTime(at).split("\n");
  return (
    <tr>
      <th scope="row">
        <span className={`${styles.dot} ${mark ?? ""}`} aria-hidden="true" />
        {name}
      </th>
      <td className={styles.after}>{after === null ? "" : `+${duration(after)}`}</td>
      <td className={styles.time}>{local}</td>
      <td className={styles.utc}>{isUtc(local, utc) ? "" : utc}</td>
    </tr>
  );
}

/** Whether both say the same time of day, as they do where local time is UTC. */
function isUtc(local: string, utc: string): boolean {
  return local.slice(0, dateAndTime) === utc.slice(0, dateAndTime);
}

/** Length of `2026-11-22 15:22:51.123456`. */
const dateAndTime = 26;
