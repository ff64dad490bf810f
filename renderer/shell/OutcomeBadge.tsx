import type { TimelineRow } from "../../proxy/api/contract.ts";
import { classNames } from "../styles/class-names.ts";
import styles from "./OutcomeBadge.module.css";

interface OutcomeBadgeProps {
  readonly outcome: TimelineRow["outcome"];
  readonly errno: number | null;
}

/** How a statement ended; never by colour alone. */
export function OutcomeBadge({ outcome, errno }: OutcomeBadgeProps) {
  return (
    <span className={classNames(styles.badge, styles[outcome])}>{outcome === "error" && errno !== null ? `error ${errno}` : outcome}</span>
  );
}
