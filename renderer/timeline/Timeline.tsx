import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
} from "react";
import type { TimelineRow } from "../../proxy/api/contract.ts";
import { nextIndex } from "../grid/next-index.ts";
import { RowBody } from "../grid/RowBody.tsx";
import { rowHeight, rowsPerBlock } from "../grid/row-window.ts";
import { useRowWindow } from "../grid/use-row-window.ts";
import type { StatementKey } from "../state/place.ts";
import { usePreferences } from "../state/preferences.ts";
import type { StatementStore } from "../state/statement-store.ts";
import type { CellContext } from "./column.ts";
import { arrangedColumns, gridTemplate, leastWidth, moveColumn } from "./column-layout.ts";
import { RowMenu } from "./RowMenu.tsx";
import styles from "./Timeline.module.css";
import { TimelineHeader } from "./TimelineHeader.tsx";
import { TimelineRowView } from "./TimelineRowView.tsx";
import { useFollowScroll } from "./use-follow-scroll.ts";

export interface TimelineProps {
  readonly store: StatementStore;
  /** Name under which the arrangement of columns is remembered. */
  readonly list: string;
  readonly standardColumns: readonly string[];
  readonly label: string;
  readonly selected: StatementKey | null;
  readonly onSelect: (row: TimelineRow) => void;
  /** Enter on the selected row: go on to its details. */
  readonly onEnter: () => void;
  readonly onEscape: () => void;
  /** Which end is shown first. */
  readonly start: "oldest" | "newest";
  readonly following: boolean;
  readonly onFollowing: (following: boolean) => void;
  readonly axis: CellContext["axis"];
  /** Narrows or replaces the filter; absent where the list has none. */
  readonly onFilter?: (term: string) => void;
}

const noWidths = {};

/** A virtual list of statements that draws a million rows as easily as ten. */
export function Timeline(props: TimelineProps) {
  const { store, list, standardColumns, selected, following, onFollowing, onSelect, axis } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const selectedIndex = useRef<number | null>(null);
  const domId = useId();
  const layout = usePreferences((preferences) => preferences.columns[list]);
  const setColumns = usePreferences((preferences) => preferences.setColumns);
  const columns = useMemo(() => arrangedColumns(layout, standardColumns), [layout, standardColumns]);
  const widths = layout?.widths ?? noWidths;
  const needsPrevious = columns.some((column) => column.id === "wait");

  const total = store.total;
  const standIn = useCallback((first: number, end: number) => store.standIn(first, end), [store]);
  const drawn = useRowWindow(scroller, total, standIn);
  const version = store.version();

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version may have dropped or gained rows in view
  useEffect(() => store.want(drawn.first, drawn.end), [store, drawn.first, drawn.end, version]);

  const { onScroll, revealQuietly } = useFollowScroll({
    scroller,
    drawn,
    total,
    loaded: store.loaded,
    start: props.start,
    following,
    onFollowing,
  });

  // Older matches that are found while one looks at the list come in above: what is looked at stays where it is.
  const older = useRef(store.older);
  useLayoutEffect(() => {
    const found = store.older - older.current;
    older.current = store.older;
    if (found <= 0) return;
    if (selectedIndex.current !== null) selectedIndex.current += found;
    if (!following && scroller.current !== null) scroller.current.scrollTop += found * rowHeight;
  });

  const select = useCallback(
    (index: number): void => {
      const row = store.row(index);
      selectedIndex.current = index;
      if (row !== undefined) onSelect(row);
    },
    [store, onSelect],
  );
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") props.onEnter();
    else if (event.key === "Escape") props.onEscape();
    else {
      const page = Math.max(1, Math.floor(drawn.viewHeight / rowHeight) - 2);
      const to = nextIndex(event.key, indexOfSelection(), total, page);
      if (to === null) return;
      revealQuietly(to);
      select(to);
      pendingIndex.current = store.row(to) === undefined ? to : null;
    }
    event.preventDefault();
  };

  /** A row that was moved to before it was here: selected as soon as it is. */
  const pendingIndex = useRef<number | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: looks again whenever the rows changed
  useEffect(() => {
    const index = pendingIndex.current;
    if (index === null || store.row(index) === undefined) return;
    pendingIndex.current = null;
    select(index);
  }, [store, version, select]);

  const indexOfSelection = (): number | null => {
    const index = selectedIndex.current;
    if (index !== null && (pendingIndex.current === index || isRow(store.row(index), selected))) return index;
    for (let candidate = drawn.firstDrawn; candidate < drawn.endDrawn; candidate++)
      if (isRow(store.row(candidate), selected)) return candidate;
    return null;
  };

  // The details take room when they open: the row that they are about stays in view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a change of the view's height asks for it
  useLayoutEffect(() => {
    if (!following && selectedIndex.current !== null) revealQuietly(selectedIndex.current);
  }, [drawn.viewHeight]);

  const onClick = (event: MouseEvent): void => {
    const index = indexAt(event.target);
    if (index !== null) select(index);
    scroller.current?.focus({ preventScroll: true });
  };

  const active = indexOfSelection();
  const style = { "--columns": gridTemplate(columns, widths), "--least-width": `${leastWidth(columns, widths) + 3}px` } as CSSProperties;
  const arrange = (visible: readonly string[], sizes: { readonly [column: string]: number }): void =>
    setColumns(list, { visible, widths: sizes });
  const visible = columns.map((column) => column.id);

  return (
    <RowMenu store={store} onFilter={props.onFilter} indexAt={indexAt}>
      <div
        ref={scroller}
        className={styles.scroller}
        style={style}
        role="grid"
        tabIndex={0}
        data-pane="list"
        aria-label={props.label}
        aria-rowcount={store.totalExact ? total + 1 : -1}
        aria-colcount={columns.length}
        aria-activedescendant={active !== null && active >= drawn.firstDrawn && active < drawn.endDrawn ? `${domId}-${active}` : undefined}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        onClick={onClick}
      >
        <TimelineHeader
          columns={columns}
          widths={widths}
          onResize={(column, width) => arrange(visible, { ...widths, [column]: width })}
          onMove={(column, before) => arrange(moveColumn(visible, column, before), widths)}
        />
        <RowBody
          scroller={scroller}
          drawn={drawn}
          className={styles.body}
          row={(index) => {
            const row = store.row(index);
            return (
              <TimelineRowView
                key={index % rowsPerBlock}
                id={`${domId}-${index}`}
                index={index}
                row={row}
                previous={needsPrevious && index > 0 ? store.row(index - 1) : undefined}
                columns={columns}
                selected={isRow(row, selected)}
                axis={axis}
              />
            );
          }}
        />
      </div>
    </RowMenu>
  );
}

function isRow(row: TimelineRow | undefined, key: StatementKey | null): boolean {
  return row !== undefined && key !== null && row.seq === key.seq && row.session === key.session;
}

function indexAt(target: EventTarget | null): number | null {
  const element = target instanceof Element ? target.closest("[data-index]") : null;
  const index = Number(element?.getAttribute("data-index") ?? Number.NaN);
  return Number.isInteger(index) ? index : null;
}
