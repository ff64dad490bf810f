import type { Cell } from "../../proxy/api/contract.ts";
import { hexOf } from "../format/hex.ts";
import { bytes } from "../format/quantity.ts";
import { PlainText } from "../shell/PlainText.tsx";
import styles from "./CellText.module.css";

/** A value in a list: NULL, the empty text, bytes and cut values each look unlike any text. */
export function CellText({ cell }: { readonly cell: Cell }) {
  if (cell === null) return <span className={styles.null}>NULL</span>;
  if (cell === "") return <span className={styles.empty}>empty</span>;
  if (typeof cell === "string") return <PlainText text={cell} />;
  const cut = "cutFrom" in cell ? <span className={styles.cut}>… {bytes(cell.cutFrom)}</span> : null;
  if ("base64" in cell) {
    return (
      <span className={styles.bytes}>
        0x{hexOf(cell.base64)}
        {cut}
      </span>
    );
  }
  return (
    <>
      <PlainText text={cell.text} />
      {cut}
    </>
  );
}
