import { visiblePieces } from "../format/visible-text.ts";
import styles from "./PlainText.module.css";

/** Text from outside, as text: characters that are not seen or that reorder others are shown by their names. */
export function PlainText({ text }: { readonly text: string }) {
  const pieces = visiblePieces(text);
  const only = pieces[0];
  if (pieces.length === 1 && only !== undefined && !only.escaped) return <>{only.text}</>;
  let offset = 0;
  return (
    <>
      {pieces.map((piece) => {
        const key = offset;
        offset += piece.text.length;
        return piece.escaped ? (
          <span key={key} className={styles.escaped}>
            {piece.text}
          </span>
        ) : (
          piece.text
        );
      })}
    </>
  );
}
