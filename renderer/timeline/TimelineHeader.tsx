import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { classNames } from "../styles/class-names.ts";
import type { TimelineColumn } from "./column.ts";
import { narrowest, widest } from "./column-layout.ts";
import styles from "./Timeline.module.css";

interface TimelineHeaderProps {
  readonly columns: readonly TimelineColumn[];
  readonly widths: { readonly [column: string]: number };
  readonly onResize: (column: string, width: number) => void;
  readonly onMove: (column: string, before: string) => void;
}

/** Column titles: drag one onto another to reorder, drag (or arrow-key) the edge to size. */
export function TimelineHeader({ columns, widths, onResize, onMove }: TimelineHeaderProps) {
  const [over, setOver] = useState<string | null>(null);
  return (
    <div className={styles.header} role="row" aria-rowindex={1}>
      {columns.map((column) => (
        <div
          key={column.id}
          role="columnheader"
          tabIndex={-1}
          className={classNames(styles.head, column.align === "end" && styles.end, over === column.id && styles.dropTarget)}
          draggable
          onDragStart={(event) => event.dataTransfer.setData("text/x-stenograph-column", column.id)}
          onDragOver={(event) => {
            if (!event.dataTransfer.types.includes("text/x-stenograph-column")) return;
            event.preventDefault();
            setOver(column.id);
          }}
          onDragLeave={() => setOver(null)}
          onDrop={(event) => {
            event.preventDefault();
            setOver(null);
            onMove(event.dataTransfer.getData("text/x-stenograph-column"), column.id);
          }}
        >
          <span>{column.title}</span>
          <ColumnSizer column={column} width={widths[column.id] ?? column.width} onResize={onResize} />
        </div>
      ))}
    </div>
  );
}

interface ColumnSizerProps {
  readonly column: TimelineColumn;
  readonly width: number;
  readonly onResize: (column: string, width: number) => void;
}

function ColumnSizer({ column, width, onResize }: ColumnSizerProps) {
  const resize = (to: number): void => onResize(column.id, Math.round(Math.max(narrowest, Math.min(widest, to))));
  const drag = (event: PointerEvent<HTMLElement>): void => {
    event.preventDefault();
    const handle = event.currentTarget;
    const head = handle.parentElement;
    const from = event.clientX - (head?.clientWidth ?? width);
    handle.setPointerCapture(event.pointerId);
    const move = (moved: globalThis.PointerEvent): void => resize(moved.clientX - from);
    const end = (): void => {
      handle.removeEventListener("pointermove", move);
      handle.removeEventListener("pointerup", end);
      handle.removeEventListener("pointercancel", end);
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", end);
    handle.addEventListener("pointercancel", end);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    event.stopPropagation();
    resize(width + (event.key === "ArrowLeft" ? -8 : 8));
  };
  return (
    <span
      className={styles.sizer}
      role="separator"
      aria-orientation="vertical"
      aria-label={`Width of ${column.title}`}
      aria-valuenow={width}
      aria-valuemin={narrowest}
      aria-valuemax={widest}
      tabIndex={0}
      draggable
      onDragStart={(event) => {
        event.preventDefault();
        event.stopPropagation();
      }}
      onPointerDown={drag}
      onKeyDown={press}
      onDoubleClick={() => resize(column.width)}
    />
  );
}
