import { memo } from "react";
import type { TimelineRow } from "../../proxy/api/contract.ts";
import { classNames } from "../styles/class-names.ts";
import type { CellContext, TimelineColumn } from "./column.ts";
import styles from "./Timeline.module.css";

interface TimelineRowViewProps {
  readonly id: string;
  readonly index: number;
  readonly row: TimelineRow | undefined;
  readonly previous: TimelineRow | undefined;
  readonly columns: readonly TimelineColumn[];
  readonly selected: boolean;
  readonly axis: CellContext["axis"];
}

/** One line of a list of statements; a placeholder while its row is being fetched. */
export const TimelineRowView = memo(function TimelineRowView(props: TimelineRowViewProps) {
  const { id, index, row, columns, selected } = props;
  if (row === undefined) {
    return (
      <div
        id={id}
        className={classNames(styles.row, styles.placeholder)}
        role="row"
        aria-rowindex={index + 2}
        aria-busy="true"
        data-index={index}
      >
        <span role="gridcell" className={styles.placeholderBar} style={{ width: `${30 + ((index * 37) % 50)}%` }} />
      </div>
    );
  }
  return (
    <div
      id={id}
      className={classNames(styles.row, styles[row.outcome], selected && styles.selected)}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-index={index}
    >
      {columns.map((column) => (
        <span
          key={column.id}
          role="gridcell"
          data-column={column.id}
          className={classNames(
            styles.cell,
            column.align === "end" && styles.end,
            column.mono && styles.mono,
            column.id === "sql" && styles.statement,
          )}
          title={column.hover?.(row)}
        >
          {column.cell(row, props)}
        </span>
      ))}
    </div>
  );
});
