import { X } from "lucide-react";
import { useEffect, useState } from "react";
import type { Cell } from "../../proxy/api/contract.ts";
import { type Failure, failureOf } from "../../proxy/model/failure.ts";
import { useApi } from "../api/api-context.ts";
import { bytesOf, hexDump } from "../format/hex.ts";
import { bytes } from "../format/quantity.ts";
import { CopyButton } from "../shell/CopyButton.tsx";
import { Notice } from "../shell/Notice.tsx";
import { PlainText } from "../shell/PlainText.tsx";
import controls from "../styles/controls.module.css";
import styles from "./CellPanel.module.css";
import { CellText } from "./CellText.tsx";
import type { ResultAddress } from "./result-rows.ts";
import { wholeCell } from "./whole-rows.ts";

interface CellPanelProps {
  readonly address: ResultAddress;
  readonly row: number;
  readonly column: number;
  readonly name: string;
  /** The cell as the grid has it, perhaps cut. */
  readonly cell: Cell | undefined;
  readonly onClose: () => void;
}

/** More of a cell than this is not drawn; copying takes all of it. */
const mostDrawn = 200_000;

/** One cell, whole: text with its lines, bytes as a hex dump. */
export function CellPanel(props: CellPanelProps) {
  const { name, row, onClose } = props;
  const { whole, failure } = useWholeCell(props);
  const text = whole === undefined || whole === null ? "" : textOf(whole);
  return (
    <section className={styles.panel} aria-label={`Cell ${name} of row ${row + 1}`}>
      <header className={styles.heading}>
        <b>
          <PlainText text={name} />
        </b>
        <span>row {row + 1}</span>
        {whole !== undefined && whole !== null && <span>{sizeText(whole)}</span>}
        <span className={styles.actions}>
          <CopyButton text={text} what="the whole cell" />
          <button type="button" className={controls.icon} aria-label="Close the cell" title="Close the cell" onClick={onClose}>
            <X size={14} aria-hidden="true" />
          </button>
        </span>
      </header>
      {failure !== null && <Notice tone="error">{failure.message}</Notice>}
      {whole === null || whole === "" ? (
        <p className={styles.text}>
          <CellText cell={whole} />
        </p>
      ) : (
        <pre className={styles.text}>
          {linesOf(text.slice(0, mostDrawn))}
          {text.length > mostDrawn && `\n… ${bytes(text.length - mostDrawn)} more; copying takes all of it.`}
        </pre>
      )}
    </section>
  );
}

/** Line ends stay line ends here; everything else that is not seen is shown by its name. */
function linesOf(text: string) {
  let offset = 0;
  return text.split("\n").map((line) => {
    const key = offset;
    offset += line.length + 1;
    return (
      <span key={key}>
        <PlainText text={line} />
        {"\n"}
      </span>
    );
  });
}

function textOf(cell: Exclude<Cell, null>): string {
  if (typeof cell === "string") return cell;
  return "base64" in cell ? hexDump(bytesOf(cell.base64)) : cell.text;
}

function sizeText(cell: Exclude<Cell, null>): string {
  if (typeof cell === "string") return bytes(new TextEncoder().encode(cell).length);
  if ("cutFrom" in cell) return bytes(cell.cutFrom);
  return bytes(bytesOf(cell.base64).length);
}

function useWholeCell({ address, row, column, cell }: CellPanelProps): {
  readonly whole: Cell | undefined;
  readonly failure: Failure | null;
} {
  const api = useApi();
  const isCut = typeof cell === "object" && cell !== null && "cutFrom" in cell;
  const [fetched, setFetched] = useState<{ readonly of: Cell; readonly whole: Cell | undefined; readonly failure: Failure | null } | null>(
    null,
  );
  useEffect(() => {
    if (!isCut) return;
    const abort = new AbortController();
    wholeCell(api, address, row, column, abort.signal).then(
      (whole) => setFetched({ of: cell, whole, failure: null }),
      (reason: unknown) => {
        if (!abort.signal.aborted) setFetched({ of: cell, whole: undefined, failure: failureOf(reason) });
      },
    );
    return () => abort.abort();
  }, [api, address, row, column, cell, isCut]);
  if (!isCut || fetched === null || fetched.of !== cell) return { whole: cell, failure: null };
  return { whole: fetched.whole ?? cell, failure: fetched.failure };
}
