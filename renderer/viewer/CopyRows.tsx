import { ChevronDown, Copy, Maximize2 } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useEffect, useRef, useState } from "react";
import type { ResultColumn } from "../../proxy/api/contract.ts";
import { failureOf } from "../../proxy/model/failure.ts";
import { useApi } from "../api/api-context.ts";
import { type CopyFormat, copyFormats, rowsAsText } from "../format/copy-rows.ts";
import { count, counted } from "../format/quantity.ts";
import { classNames } from "../styles/class-names.ts";
import controls from "../styles/controls.module.css";
import styles from "./CopyRows.module.css";
import type { ResultAddress } from "./result-rows.ts";
import { wholeRows } from "./whole-rows.ts";

interface CopyRowsProps {
  readonly address: ResultAddress;
  readonly columns: readonly ResultColumn[];
  readonly rowCount: number;
  readonly at: { readonly row: number; readonly column: number } | null;
  readonly onOpenCell: (() => void) | null;
}

const names: { readonly [format in CopyFormat]: string } = { csv: "CSV", json: "JSON", sql: "SQL (INSERT)", markdown: "Markdown" };

/** Below a result grid: where the person is, and the rows on the clipboard in a format of choice. */
export function CopyRows({ address, columns, rowCount, at, onOpenCell }: CopyRowsProps) {
  const api = useApi();
  const [said, setSaid] = useState("");
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const copy = async (format: CopyFormat): Promise<void> => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    setSaid("Copying…");
    try {
      const { rows, more } = await wholeRows(api, address, abort.signal);
      await navigator.clipboard.writeText(rowsAsText(format, columns, rows));
      setSaid(
        more
          ? `Copied the first ${count(rows.length)} of ${counted(rowCount, "row")}; the rest is too much for a clipboard.`
          : `Copied ${counted(rows.length, "row")}.`,
      );
    } catch (reason) {
      if (!abort.signal.aborted) setSaid(`Not copied: ${failureOf(reason).message}`);
    }
  };

  return (
    <div className={styles.bar}>
      <span className={styles.place}>
        {counted(rowCount, "row")}, {counted(columns.length, "column")}
        {at !== null && ` · row ${count(at.row + 1)}, ${columns[at.column]?.name ?? ""}`}
      </span>
      <span className={styles.said} role="status">
        {said}
      </span>
      {onOpenCell !== null && (
        <button
          type="button"
          className={classNames(controls.button, controls.small, controls.quiet)}
          onClick={onOpenCell}
          title="Show the whole cell (Enter)"
        >
          <Maximize2 size={12} aria-hidden="true" /> Cell
        </button>
      )}
      <DropdownMenu.Root>
        <DropdownMenu.Trigger className={classNames(controls.button, controls.small, controls.quiet)} disabled={rowCount === 0}>
          <Copy size={13} aria-hidden="true" /> Copy rows <ChevronDown size={12} aria-hidden="true" />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className={controls.menu} align="end" sideOffset={4}>
            {copyFormats.map((format) => (
              <DropdownMenu.Item key={format} className={controls.item} onSelect={() => void copy(format)}>
                Copy as {names[format]}
              </DropdownMenu.Item>
            ))}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
    </div>
  );
}
