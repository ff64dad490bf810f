import { ArrowLeft } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { Group, Panel } from "react-resizable-panels";
import type { SessionListed, TimelineRow } from "../../proxy/api/contract.ts";
import { useCall } from "../api/use-call.ts";
import { useStream } from "../api/use-stream.ts";
import { StatementDetails } from "../details/StatementDetails.tsx";
import { useDetailsSide } from "../details/use-details-side.ts";
import { counted } from "../format/quantity.ts";
import { EmptyState } from "../shell/EmptyState.tsx";
import { Notice } from "../shell/Notice.tsx";
import { PaneSeparator } from "../shell/PaneSeparator.tsx";
import { focusPane } from "../shell/panes.ts";
import { ScreenHeading } from "../shell/ScreenHeading.tsx";
import { usePaneLayout } from "../shell/use-pane-layout.ts";
import type { Place } from "../state/place.ts";
import { goTo } from "../state/use-place.ts";
import { useStatements } from "../state/use-statements.ts";
import controls from "../styles/controls.module.css";
import { ColumnMenu } from "../timeline/ColumnMenu.tsx";
import { sessionColumns } from "../timeline/columns.tsx";
import { filterTerm } from "../timeline/filter-term.ts";
import { Timeline } from "../timeline/Timeline.tsx";
import { SessionFacts } from "./SessionFacts.tsx";
import styles from "./SessionScreen.module.css";

type SessionPlace = Extract<Place, { screen: "session" }>;

/** One session: its facts, and its statements on its time axis. */
export function SessionScreen({ place }: { readonly place: SessionPlace }) {
  const { session: id, selected } = place;
  const { session, failure } = useSession(id);
  const store = useStatements(filterTerm("session", id));
  const side = useDetailsSide();
  const layout = usePaneLayout(`session-${side}`, selected === null ? ["list"] : ["list", "details"]);
  const [following, setFollowing] = useState(false);
  const newest = store === null || store.total === 0 ? undefined : store.row(store.total - 1);
  const axis = useAxis(session, newest);
  const key = useMemo(() => (selected === null ? null : { session: id, seq: selected }), [id, selected]);
  const select = useCallback((row: TimelineRow) => goTo({ screen: "session", session: id, selected: row.seq }, "replace"), [id]);
  const close = (): void => {
    goTo({ screen: "session", session: id, selected: null }, "replace");
    focusPane("list");
  };
  return (
    <div className={styles.screen}>
      <ScreenHeading
        title="Session"
        note={id}
        before={
          <button
            type="button"
            className={controls.icon}
            aria-label="All sessions"
            title="All sessions"
            onClick={() => goTo({ screen: "sessions" })}
          >
            <ArrowLeft size={15} aria-hidden="true" />
          </button>
        }
      >
        {store !== null && <span className={styles.count}>{counted(store.total, "statement")}</span>}
        <ColumnMenu list="session" standard={sessionColumns} />
      </ScreenHeading>
      {failure !== null && <Notice tone="error">{failure.message}</Notice>}
      {session !== null && <SessionFacts session={session} />}
      <Group id="session" orientation={side === "right" ? "horizontal" : "vertical"} className={styles.panes} {...layout}>
        <Panel id="list" minSize={120}>
          {isEmpty(session) && (
            <EmptyState title="No statement was recorded">
              <p>The session ended before the client ran anything. Why it ended stands above.</p>
            </EmptyState>
          )}
          {store !== null && !isEmpty(session) && (
            <Timeline
              store={store}
              start="oldest"
              list="session"
              standardColumns={sessionColumns}
              label="Statements of the session"
              selected={key}
              onSelect={select}
              onEnter={() => focusPane("details")}
              onEscape={close}
              following={following}
              onFollowing={setFollowing}
              axis={axis}
            />
          )}
        </Panel>
        {key !== null && (
          <>
            <PaneSeparator orientation={side === "right" ? "vertical" : "horizontal"} label="Size of the details" />
            <Panel id="details" minSize={side === "right" ? 320 : 160} defaultSize={side === "right" ? "42%" : "52%"}>
              <StatementDetails statement={key} side={side} onClose={close} />
            </Panel>
          </>
        )}
      </Group>
    </div>
  );
}

/** Whether the session is over without a statement. */
function isEmpty(session: SessionListed | null): boolean {
  return session !== null && session.endedAt !== null && session.statements === 0;
}

/** The session as first read and as it changes. */
function useSession(id: string) {
  const { output, failure } = useCall("sessions.get", { session: id });
  const [changed, setChanged] = useState<SessionListed | null>(null);
  useStream(
    "sessions.follow",
    {},
    (event) => {
      const mine = event.sessions.find((session) => session.id === id);
      if (mine !== undefined) setChanged(mine);
    },
    () => undefined,
  );
  return { session: changed?.id === id ? changed : output, failure };
}

/** From the session's start to its end, or to its newest statement while it is open. */
function useAxis(session: SessionListed | null, newest: TimelineRow | undefined): { readonly from: number; readonly to: number } | null {
  const from = session?.startedAt;
  const end = Math.max(session?.endedAt ?? 0, newest === undefined ? 0 : newest.at + (newest.durationUs ?? 0));
  return useMemo(() => (from === undefined || end === 0 ? null : { from, to: end }), [from, end]);
}
