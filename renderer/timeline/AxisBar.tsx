import type { TimelineRow } from "../../proxy/api/contract.ts";
import { duration } from "../format/quantity.ts";
import { classNames } from "../styles/class-names.ts";
import styles from "./AxisBar.module.css";

interface AxisBarProps {
  readonly row: TimelineRow;
  readonly axis: { readonly from: number; readonly to: number } | null;
}

/** A statement as a bar on its session's time axis: to the first byte pale, from there to the last byte full. */
export function AxisBar({ row, axis }: AxisBarProps) {
  if (axis === null) return null;
  const span = Math.max(1, axis.to - axis.from);
  const took = row.durationUs ?? 0;
  const left = percent((row.at - axis.from) / span);
  const width = percent(took / span);
  const waiting = row.firstByteUs === null || took === 0 ? 100 : percent(row.firstByteUs / took);
  return (
    <span className={styles.axis} title={`${duration(Math.max(0, row.at - axis.from))} after the session's start, took ${duration(took)}`}>
      <span
        className={classNames(styles.bar, styles[row.outcome])}
        style={{ left: `min(${left}%, calc(100% - 3px))`, width: `max(3px, ${width}%)` }}
      >
        <span className={styles.waiting} style={{ width: `${waiting}%` }} />
      </span>
    </span>
  );
}

function percent(share: number): number {
  return Math.round(Math.max(0, Math.min(1, share)) * 10_000) / 100;
}
