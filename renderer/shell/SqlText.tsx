import { type SqlToken, sqlTokens } from "../format/sql-tokens.ts";
import { PlainText } from "./PlainText.tsx";
import styles from "./SqlText.module.css";

/** One line of SQL in light colours. Most of it is plain, so only coloured pieces cost an element. */
export function SqlText({ sql }: { readonly sql: string }) {
  let offset = 0;
  return (
    <>
      {merged(sqlTokens(sql)).map((token) => {
        const key = offset;
        offset += token.text.length;
        const colour = styles[token.kind];
        return colour === undefined ? (
          <PlainText key={key} text={token.text} />
        ) : (
          <span key={key} className={colour}>
            <PlainText text={token.text} />
          </span>
        );
      })}
    </>
  );
}

/** Neighbours that are drawn alike become one piece. */
function merged(tokens: readonly SqlToken[]): readonly SqlToken[] {
  const pieces: SqlToken[] = [];
  for (const token of tokens) {
    const last = pieces.at(-1);
    if (last !== undefined && styles[last.kind] === styles[token.kind])
      pieces[pieces.length - 1] = { kind: last.kind, text: last.text + token.text };
    else pieces.push(token);
  }
  return pieces;
}
