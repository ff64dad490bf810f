import type { CSSProperties, ReactNode, RefObject } from "react";
import styles from "./grid.module.css";
import { usePinnedRows } from "./use-pinned-rows.ts";
import type { DrawnRows } from "./use-row-window.ts";

interface RowBodyProps {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly drawn: DrawnRows;
  readonly className?: string | undefined;
  /** Width of the rows in pixels, where they are wider than the list. */
  readonly width?: number;
  /** Draws the row of an index. */
  readonly row: (index: number) => ReactNode;
}

/** The rows of a long list, under its header. */
export function RowBody({ scroller, drawn, className, width, row }: RowBodyProps) {
  const { blocks, height, start, drawnHeight } = drawn;
  const rows = usePinnedRows(scroller, start);
  const place = { marginTop: start, "--drawn": `${drawnHeight}px` } as CSSProperties;
  return (
    <div className={className} role="rowgroup" style={{ height, width }}>
      <div ref={rows} className={styles.drawn} role="presentation" style={place}>
        {blocks.map((block) => (
          <div key={block.key} className={styles.block} role="presentation" style={{ transform: `translateY(${block.start - start}px)` }}>
            {block.rows.map(row)}
          </div>
        ))}
      </div>
    </div>
  );
}
