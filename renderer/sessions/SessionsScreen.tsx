import { useRef, useState } from "react";
import type { SessionListed } from "../../proxy/api/contract.ts";
import { count, counted, duration } from "../format/quantity.ts";
import { dateTime, fullTime } from "../format/time.ts";
import { visibleText } from "../format/visible-text.ts";
import { nextIndex } from "../grid/next-index.ts";
import { RowBody } from "../grid/RowBody.tsx";
import { rowHeight } from "../grid/row-window.ts";
import { useRowWindow } from "../grid/use-row-window.ts";
import { ActorName } from "../shell/ActorName.tsx";
import { EmptyState } from "../shell/EmptyState.tsx";
import { Notice } from "../shell/Notice.tsx";
import { PlainText } from "../shell/PlainText.tsx";
import { ScreenHeading } from "../shell/ScreenHeading.tsx";
import { shownActor } from "../shell/shown-actor.ts";
import { useStatus } from "../state/status.ts";
import { goTo } from "../state/use-place.ts";
import { classNames } from "../styles/class-names.ts";
import controls from "../styles/controls.module.css";
import { closeCauseText, endedBadly } from "./close-cause.ts";
import styles from "./SessionsScreen.module.css";
import { useSessions } from "./use-sessions.ts";

const titles = ["Started", "Actor", "Account", "Connection", "Client", "Statements", "Errors", "Lasted", "Ended"] as const;

/** All recorded sessions, newest first. */
export function SessionsScreen() {
  const { sessions, more, failure, loadMore } = useSessions();
  const note = useCounts(sessions ?? [], more);
  return (
    <div className={styles.screen}>
      <ScreenHeading title="Sessions" note={note}>
        {more && (
          <button type="button" className={classNames(controls.button, controls.small)} onClick={loadMore}>
            Load older sessions
          </button>
        )}
      </ScreenHeading>
      {failure !== null && <Notice tone="error">{failure.message}</Notice>}
      {sessions !== null && sessions.length === 0 ? (
        <EmptyState title="No session was recorded yet">
          <p>A session begins when a client connects through a connection that is started.</p>
          <div>
            <button
              type="button"
              className={classNames(controls.button, controls.primary)}
              onClick={() => goTo({ screen: "live", filter: "", selected: null })}
            >
              See how to connect
            </button>
          </div>
        </EmptyState>
      ) : (
        sessions !== null && <SessionGrid sessions={sessions} />
      )}
    </div>
  );
}

/** How many there are: of everybody, or for who may not read those, of what is listed. */
function useCounts(listed: readonly SessionListed[], more: boolean): string {
  const total = useStatus(({ status }) => status?.library.sessions ?? null);
  const open = useStatus(({ status }) => status?.openSessions ?? null);
  if (total !== null && open !== null) return `${count(total)} recorded, ${count(open)} open`;
  const openListed = listed.filter(({ endedAt }) => endedAt === null).length;
  return `${count(listed.length)}${more ? "+" : ""} that you may read, ${count(openListed)} open`;
}

function SessionGrid({ sessions }: { readonly sessions: readonly SessionListed[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const drawn = useRowWindow(scroller, sessions.length);
  const [active, setActive] = useState<number | null>(null);
  const open = (session: SessionListed | undefined): void => {
    if (session !== undefined) goTo({ screen: "session", session: session.id, selected: null });
  };
  return (
    <div
      ref={scroller}
      className={styles.scroller}
      role="grid"
      tabIndex={0}
      data-pane="list"
      aria-label="Sessions, newest first"
      aria-rowcount={sessions.length + 1}
      aria-activedescendant={active === null ? undefined : `session-${active}`}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === "Enter") open(sessions[active ?? 0]);
        else {
          const next = nextIndex(event.key, active ?? -1, sessions.length, Math.max(1, Math.floor(drawn.viewHeight / rowHeight) - 2));
          if (next === null) return;
          setActive(next);
          drawn.reveal(next);
        }
        event.preventDefault();
      }}
    >
      <div className={classNames(styles.row, styles.header)} role="row" aria-rowindex={1}>
        {titles.map((title) => (
          <span
            key={title}
            role="columnheader"
            tabIndex={-1}
            className={classNames(styles.cell, ["Statements", "Errors", "Lasted"].includes(title) && styles.end)}
          >
            {title}
          </span>
        ))}
      </div>
      <RowBody
        scroller={scroller}
        drawn={drawn}
        className={styles.body}
        row={(index) => {
          const session = sessions[index];
          if (session === undefined) return null;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the grid hears Enter for its active row
            <div
              key={session.id}
              id={`session-${index}`}
              className={classNames(styles.row, styles.link, active === index && styles.active)}
              role="row"
              tabIndex={-1}
              aria-rowindex={index + 2}
              aria-selected={active === index}
              onClick={() => open(session)}
            >
              <SessionCells session={session} />
            </div>
          );
        }}
      />
    </div>
  );
}

/** Why a session ended, with what is known of it; nothing while it is open. */
function endingText({ closeCause, closeDetail }: SessionListed): string | undefined {
  if (closeCause === null) return undefined;
  return closeDetail === null ? closeCauseText(closeCause) : `${closeCauseText(closeCause)}: ${visibleText(closeDetail)}`;
}

interface SessionCellsProps {
  readonly session: SessionListed;
}

function SessionCells({ session }: SessionCellsProps) {
  const lasted = session.endedAt === null ? null : session.endedAt - session.startedAt;
  return (
    <>
      <span role="gridcell" className={classNames(styles.cell, styles.mono)} title={fullTime(session.startedAt)}>
        {dateTime(session.startedAt)}
      </span>
      <span role="gridcell" className={styles.cell}>
        <ActorName actor={shownActor(session.actor)} />
      </span>
      <span role="gridcell" className={styles.cell}>
        {session.account === null ? "–" : <PlainText text={session.account} />}
      </span>
      <span role="gridcell" className={styles.cell}>
        <PlainText text={session.connection} />
      </span>
      <span role="gridcell" className={classNames(styles.cell, styles.mono)}>
        <PlainText text={session.client} />
      </span>
      <span role="gridcell" className={classNames(styles.cell, styles.end)}>
        {count(session.statements)}
      </span>
      <span
        role="gridcell"
        className={classNames(styles.cell, styles.end, session.errors > 0 && styles.errors)}
        title={counted(session.errors, "error")}
      >
        {count(session.errors)}
      </span>
      <span role="gridcell" className={classNames(styles.cell, styles.end)}>
        {lasted === null ? "" : duration(lasted)}
      </span>
      <span role="gridcell" className={classNames(styles.cell, endedBadly(session.closeCause) && styles.badly)} title={endingText(session)}>
        {session.closeCause === null ? <span className={styles.open}>open</span> : closeCauseText(session.closeCause)}
      </span>
    </>
  );
}
