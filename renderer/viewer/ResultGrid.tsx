import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import type { ResultColumn } from "../../proxy/api/contract.ts";
import { useApi } from "../api/api-context.ts";
import { isNumericType } from "../format/sql-literal.ts";
import { nextIndex } from "../grid/next-index.ts";
import { RowBody } from "../grid/RowBody.tsx";
import { rowHeight } from "../grid/row-window.ts";
import { useRowWindow } from "../grid/use-row-window.ts";
import { Notice } from "../shell/Notice.tsx";
import { PlainText } from "../shell/PlainText.tsx";
import { afterTime } from "../state/after-time.ts";
import { classNames } from "../styles/class-names.ts";
import { CellPanel } from "./CellPanel.tsx";
import { CellText } from "./CellText.tsx";
import { CopyRows } from "./CopyRows.tsx";
import { columnWidth } from "./column-width.ts";
import styles from "./ResultGrid.module.css";
import { type ResultAddress, ResultRows } from "./result-rows.ts";

interface ResultGridProps {
  readonly session: string;
  readonly seq: number;
  readonly result: number;
  readonly columns: readonly ResultColumn[];
  readonly rowCount: number;
}

interface CellPlace {
  readonly row: number;
  readonly column: number;
}

const gutter = 56;

/** A result set, virtual in both directions. */
export function ResultGrid({ session, seq, result, columns, rowCount }: ResultGridProps) {
  const address = useMemo(() => ({ session, seq, result }), [session, seq, result]);
  const rows = useResultRows(address, rowCount);
  const scroller = useRef<HTMLDivElement>(null);
  const domId = useId();
  const [at, setAt] = useState<CellPlace | null>(null);
  const [open, setOpen] = useState(false);
  const drawn = useRowWindow(scroller, rowCount);
  const version = rows.version();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version may have dropped rows in view
  useEffect(() => rows.want(drawn.first, drawn.end), [rows, drawn.first, drawn.end, version]);

  const hasFirst = rows.row(0) !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: widths are settled once, when the first rows are here
  const widths = useMemo(() => {
    const sample = Array.from({ length: Math.min(rowCount, 40) }, (_, index) => rows.row(index));
    return columns.map((column, place) => columnWidth(column, place, sample));
  }, [columns, hasFirst]);
  const across = useVirtualizer({
    count: columns.length,
    horizontal: true,
    getScrollElement: () => scroller.current,
    estimateSize: (place) => widths[place] ?? 100,
    overscan: 3,
  });
  useEffect(() => {
    if (widths.length > 0) across.measure();
  }, [across, widths]);
  const visible = across.getVirtualItems();

  const moveTo = (place: CellPlace): void => {
    setAt(place);
    drawn.reveal(place.row);
    across.scrollToIndex(place.column, { align: "auto" });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && at !== null) setOpen(true);
    else if (event.key === "Escape" && open) setOpen(false);
    else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      const step = event.key === "ArrowLeft" ? -1 : 1;
      const column = Math.max(0, Math.min(columns.length - 1, (at?.column ?? 0) + step));
      if (rowCount > 0) moveTo({ row: at?.row ?? 0, column });
    } else {
      const row = nextIndex(event.key, at?.row ?? null, rowCount, Math.max(1, Math.floor(drawn.viewHeight / rowHeight) - 2));
      if (row === null) return;
      moveTo({ row, column: at?.column ?? 0 });
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const onClick = (event: MouseEvent): void => {
    const place = placeOf(event.target);
    if (place === null) return;
    setAt(place);
    scroller.current?.focus({ preventScroll: true });
  };

  return (
    <div className={styles.result}>
      <div
        ref={scroller}
        className={styles.scroller}
        role="grid"
        tabIndex={0}
        data-pane="result"
        aria-label="Rows of the result"
        aria-rowcount={rowCount + 1}
        aria-colcount={columns.length}
        aria-activedescendant={at === null ? undefined : `${domId}-${at.row}-${at.column}`}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onDoubleClick={() => setOpen(true)}
      >
        <div className={styles.header} role="row" aria-rowindex={1} style={{ width: across.getTotalSize() + gutter }}>
          <span className={styles.corner} />
          {visible.map((item) => {
            const column = columns[item.index];
            return column === undefined ? null : (
              <ColumnHead key={item.key} column={column} left={item.start + gutter} width={item.size} place={item.index} />
            );
          })}
        </div>
        <RowBody
          scroller={scroller}
          drawn={drawn}
          className={styles.body}
          width={across.getTotalSize() + gutter}
          row={(index) => {
            const row = rows.row(index);
            return (
              <div key={index} className={styles.row} role="row" aria-rowindex={index + 2} aria-busy={row === undefined}>
                <span className={styles.number}>{index + 1}</span>
                {visible.map((item) => {
                  const column = columns[item.index];
                  const cell = row?.[item.index];
                  const chosen = at?.row === index && at.column === item.index;
                  return (
                    <span
                      key={item.key}
                      id={`${domId}-${index}-${item.index}`}
                      role="gridcell"
                      aria-colindex={item.index + 1}
                      aria-selected={chosen}
                      data-cell={`${index} ${item.index}`}
                      className={classNames(
                        styles.cell,
                        chosen && styles.chosen,
                        column !== undefined && isNumericType(column.type) && styles.end,
                      )}
                      style={box(item.start + gutter, item.size)}
                    >
                      {cell === undefined ? null : <CellText cell={cell} />}
                    </span>
                  );
                })}
              </div>
            );
          }}
        />
        {rowCount === 0 && <p className={styles.none}>The result has no rows.</p>}
      </div>
      {rows.failure !== null && <Notice tone="error">{rows.failure.message}</Notice>}
      {open && at !== null && (
        <CellPanel
          address={address}
          row={at.row}
          column={at.column}
          name={columns[at.column]?.name ?? ""}
          cell={rows.row(at.row)?.[at.column]}
          onClose={() => {
            setOpen(false);
            scroller.current?.focus();
          }}
        />
      )}
      <CopyRows address={address} columns={columns} rowCount={rowCount} at={at} onOpenCell={at === null ? null : () => setOpen(true)} />
    </div>
  );
}

interface ColumnHeadProps {
  readonly column: ResultColumn;
  readonly left: number;
  readonly width: number;
  readonly place: number;
}

function ColumnHead({ column, left, width, place }: ColumnHeadProps) {
  const origin = column.orgTable === "" ? "" : `\n${column.schema}.${column.orgTable}.${column.orgName}`;
  return (
    <span
      role="columnheader"
      tabIndex={-1}
      aria-colindex={place + 1}
      className={classNames(styles.head, isNumericType(column.type) && styles.end)}
      style={box(left, width)}
      title={`${column.name}: ${column.type}${column.unsigned ? " UNSIGNED" : ""}${origin}`}
    >
      <PlainText text={column.name} /> <span className={styles.type}>{column.type.toLowerCase()}</span>
    </span>
  );
}

function box(left: number, width: number): CSSProperties {
  return { left, width };
}

function useResultRows(address: ResultAddress, rowCount: number): ResultRows {
  const api = useApi();
  const rows = useMemo(() => new ResultRows(api, address, rowCount, afterTime), [api, address, rowCount]);
  useEffect(() => () => rows.close(), [rows]);
  useSyncExternalStore(rows.subscribe, rows.version);
  return rows;
}

function placeOf(target: EventTarget | null): CellPlace | null {
  const text = target instanceof Element ? target.closest("[data-cell]")?.getAttribute("data-cell") : null;
  const [row, column] = (text ?? "").split(" ").map(Number);
  return row === undefined || column === undefined || text === null || text === undefined ? null : { row, column };
}
