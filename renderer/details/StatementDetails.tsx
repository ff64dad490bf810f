import { ExternalLink, X } from "lucide-react";
import { Group, Panel } from "react-resizable-panels";
import type { StatementDetail } from "../../proxy/api/contract.ts";
import { useCall } from "../api/use-call.ts";
import { counted, duration } from "../format/quantity.ts";
import { dateTime, fullTime } from "../format/time.ts";
import { ActorName } from "../shell/ActorName.tsx";
import { Notice } from "../shell/Notice.tsx";
import { OutcomeBadge } from "../shell/OutcomeBadge.tsx";
import { PaneSeparator } from "../shell/PaneSeparator.tsx";
import { shownActorOfRow } from "../shell/shown-actor.ts";
import { usePaneLayout } from "../shell/use-pane-layout.ts";
import type { StatementKey } from "../state/place.ts";
import { currentPlace, goTo } from "../state/use-place.ts";
import controls from "../styles/controls.module.css";
import { StatementText } from "../viewer/StatementText.tsx";
import { DetailTabs } from "./DetailTabs.tsx";
import styles from "./StatementDetails.module.css";
import { StatementNotices } from "./StatementNotices.tsx";

interface StatementDetailsProps {
  readonly statement: StatementKey;
  readonly side: "right" | "below";
  readonly onClose: () => void;
}

/** One statement: its text, its results, its timings and facts. */
export function StatementDetails({ statement, side, onClose }: StatementDetailsProps) {
  const { output, latest, failure, reload } = useCall("statements.get", { session: statement.session, seq: statement.seq });
  const layout = usePaneLayout(`details-${side}`, ["text", "parts"]);
  const detail = output ?? latest;
  if (failure !== null) {
    return (
      <section className={styles.details} aria-label="Statement">
        <div className={styles.failure}>
          <Notice tone="error">{failure.message}</Notice>
          <button type="button" className={controls.button} onClick={reload}>
            Try again
          </button>
          <button type="button" className={controls.button} onClick={onClose}>
            Close
          </button>
        </div>
      </section>
    );
  }
  return (
    <section
      className={styles.details}
      aria-label="Statement"
      aria-busy={output === null}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.defaultPrevented) onClose();
      }}
    >
      {detail !== null && (
        <>
          <Heading detail={detail} onClose={onClose} />
          <StatementNotices detail={detail} />
          <Group id="details" orientation={side === "right" ? "vertical" : "horizontal"} className={styles.panes} {...layout}>
            <Panel id="text" minSize={80} defaultSize={side === "right" ? "40%" : "44%"}>
              <StatementText detail={detail} />
            </Panel>
            <PaneSeparator orientation={side === "right" ? "horizontal" : "vertical"} label="Size of the statement's text" />
            <Panel id="parts" minSize={120}>
              <DetailTabs key={`${detail.row.session}/${detail.row.seq}`} detail={detail} />
            </Panel>
          </Group>
        </>
      )}
    </section>
  );
}

function Heading({ detail, onClose }: { readonly detail: StatementDetail; readonly onClose: () => void }) {
  const { row } = detail;
  return (
    <header className={styles.heading}>
      <OutcomeBadge outcome={row.outcome} errno={row.errno} />
      <span className={styles.command}>{row.command}</span>
      <span className={styles.fact} title={fullTime(row.at)}>
        {dateTime(row.at)}
      </span>
      {row.durationUs !== null && <span className={styles.fact}>{duration(row.durationUs)}</span>}
      {row.rows !== null && <span className={styles.fact}>{counted(row.rows, "row")}</span>}
      {row.affected !== null && row.rows === null && <span className={styles.fact}>{row.affected} affected</span>}
      <span className={styles.actor}>
        <ActorName actor={shownActorOfRow(row)} spelledOut />
      </span>
      <span className={styles.actions}>
        {currentPlace().screen === "live" && (
          <button
            type="button"
            className={controls.icon}
            title="Open its session"
            aria-label="Open its session"
            onClick={() => goTo({ screen: "session", session: row.session, selected: row.seq })}
          >
            <ExternalLink size={14} aria-hidden="true" />
          </button>
        )}
        <button type="button" className={controls.icon} title="Close (Esc)" aria-label="Close the details" onClick={onClose}>
          <X size={15} aria-hidden="true" />
        </button>
      </span>
    </header>
  );
}
