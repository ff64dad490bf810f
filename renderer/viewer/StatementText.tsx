import { lazy, Suspense, useState } from "react";
import type { StatementDetail } from "../../proxy/api/contract.ts";
import { inlineParameters } from "../format/inline-parameters.ts";
import { bytes } from "../format/quantity.ts";
import { layOutSql } from "../format/sql-layout.ts";
import { CopyButton } from "../shell/CopyButton.tsx";
import { PlainText } from "../shell/PlainText.tsx";
import { usePreferences } from "../state/preferences.ts";
import { classNames } from "../styles/class-names.ts";
import controls from "../styles/controls.module.css";
import styles from "./StatementText.module.css";

const SqlViewer = lazy(() => import("./SqlViewer.tsx"));

/** The text of a statement as it was recorded; laid out or with its parameters only on demand, and then marked so. */
export function StatementText({ detail }: { readonly detail: StatementDetail }) {
  const [formatted, setFormatted] = useState(false);
  const [inlined, setInlined] = useState(false);
  const wrap = usePreferences((preferences) => preferences.wrapSql);
  const set = usePreferences((preferences) => preferences.set);
  const { sql, params, sqlCutFrom } = detail;
  if (sql === null) {
    return (
      <div className={styles.none} data-pane="details" tabIndex={-1}>
        {detail.row.command} has no text{detail.summary === null ? "." : ": "}
        {detail.summary !== null && <PlainText text={detail.summary} />}
      </div>
    );
  }
  const canInline = params !== null && params.length > 0;
  const shown = textShown(sql, formatted, inlined && canInline ? params : null);
  return (
    <div className={styles.statement}>
      <div className={styles.bar}>
        <Toggle on={formatted} onToggle={setFormatted}>
          Format
        </Toggle>
        {canInline && (
          <Toggle on={inlined} onToggle={setInlined}>
            Inline parameters
          </Toggle>
        )}
        <Toggle on={wrap} onToggle={(wrapSql) => set({ wrapSql })}>
          Wrap
        </Toggle>
        <span className={styles.copy}>
          <CopyButton text={shown} what="the text shown" />
        </span>
      </div>
      <Difference formatted={formatted} inlined={inlined && canInline} />
      {sqlCutFrom !== null && <p className={styles.mark}>The first part of {bytes(sqlCutFrom)}. The recording holds all of it.</p>}
      <div className={styles.viewer}>
        <Suspense fallback={<pre className={styles.plain}>{shown.slice(0, 4_000)}</pre>}>
          <SqlViewer text={shown} wrap={wrap} />
        </Suspense>
      </div>
    </div>
  );
}

function textShown(sql: string, formatted: boolean, params: StatementDetail["params"]): string {
  const text = params === null ? sql : inlineParameters(sql, params);
  return formatted ? layOutSql(text) : text;
}

function Difference({ formatted, inlined }: { readonly formatted: boolean; readonly inlined: boolean }) {
  if (!formatted && !inlined) return null;
  const what = formatted && inlined ? "Formatted, parameters inlined" : formatted ? "Formatted" : "Parameters inlined";
  return (
    <p className={styles.mark} role="status">
      {what}, not what was recorded.
    </p>
  );
}

interface ToggleProps {
  readonly on: boolean;
  readonly onToggle: (on: boolean) => void;
  readonly children: string;
}

function Toggle({ on, onToggle, children }: ToggleProps) {
  return (
    <button
      type="button"
      className={classNames(controls.button, controls.small, controls.quiet, on && controls.pressed)}
      aria-pressed={on}
      onClick={() => onToggle(!on)}
    >
      {children}
    </button>
  );
}
