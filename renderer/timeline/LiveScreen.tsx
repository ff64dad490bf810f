import { useCallback, useEffect, useRef, useState } from "react";
import { Group, Panel } from "react-resizable-panels";
import type { TimelineRow } from "../../proxy/api/contract.ts";
import { StatementDetails } from "../details/StatementDetails.tsx";
import { useDetailsSide } from "../details/use-details-side.ts";
import { count } from "../format/quantity.ts";
import { PaneSeparator } from "../shell/PaneSeparator.tsx";
import { focusPane } from "../shell/panes.ts";
import { usePaneLayout } from "../shell/use-pane-layout.ts";
import type { Place } from "../state/place.ts";
import { usePreferences } from "../state/preferences.ts";
import { useStatus } from "../state/status.ts";
import { currentPlace, goTo } from "../state/use-place.ts";
import { useStatements } from "../state/use-statements.ts";
import { ColumnMenu } from "./ColumnMenu.tsx";
import { liveColumns } from "./columns.tsx";
import { FilterBox } from "./FilterBox.tsx";
import { FollowToggle } from "./FollowToggle.tsx";
import { narrow } from "./filter-term.ts";
import { Histogram } from "./Histogram.tsx";
import { HistogramMenu } from "./HistogramMenu.tsx";
import styles from "./LiveScreen.module.css";
import { NothingToShow } from "./NothingToShow.tsx";
import { Timeline } from "./Timeline.tsx";

type LivePlace = Extract<Place, { screen: "live" }>;

/** All sessions' statements as they happen, and the details of the selected one. */
export function LiveScreen({ place }: { readonly place: LivePlace }) {
  const { filter, selected } = place;
  const store = useStatements(filter);
  const histogramShown = usePreferences((preferences) => preferences.histogramShown);
  const span = usePreferences((preferences) => preferences.histogram);
  const side = useDetailsSide();
  const layout = usePaneLayout(`live-${side}`, selected === null ? ["list"] : ["list", "details"]);
  const [following, setFollowing] = useState(selected === null);
  const total = store?.total ?? 0;
  // Older matches that are found later are not new ones.
  const reached = total - (store?.older ?? 0);
  const [seen, setSeen] = useState(0);
  const follow = useCallback(
    (on: boolean): void => {
      setFollowing(on);
      setSeen(reached);
    },
    [reached],
  );

  // Another filter is another list: it starts at its newest row and follows, unless a statement is being read.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another list asks for it
  useEffect(() => follow(selectedNow() === null), [store]);

  const loaded = store?.loaded === true;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is there when a list has come is not new
  useEffect(() => setSeen(reached), [store, loaded]);

  const reload = useReloadAfterRebuild();
  useEffect(() => {
    if (reload > 0) store?.reload();
  }, [store, reload]);

  const onFilter = useCallback((next: string) => goTo({ screen: "live", filter: next, selected: selectedNow() }, "replace"), []);
  const onNarrow = useCallback((term: string) => onFilter(narrow(filter, term)), [filter, onFilter]);
  const select = useCallback(
    (row: TimelineRow) => {
      // What is being read should stay where it is.
      follow(false);
      goTo({ screen: "live", filter, selected: { session: row.session, seq: row.seq } }, "replace");
    },
    [filter, follow],
  );
  const close = (): void => {
    goTo({ screen: "live", filter, selected: null }, "replace");
    focusPane("list");
  };
  const hasRows = store !== null && (total > 0 || !store.loaded);

  return (
    <Group id="live" orientation={side === "right" ? "horizontal" : "vertical"} className={styles.screen} {...layout}>
      <Panel id="list" minSize={220}>
        <div className={styles.list}>
          <div className={styles.toolbar}>
            <FilterBox filter={filter} onFilter={onFilter} />
            <span className={styles.count} aria-live="off">
              {count(total)}
              {store?.totalExact === false ? "+" : ""}
            </span>
            <FollowToggle following={following} arrived={following ? 0 : Math.max(0, reached - seen)} onFollowing={follow} />
            <HistogramMenu />
            <ColumnMenu list="live" standard={liveColumns} />
          </div>
          {histogramShown && (total > 0 || filter !== "") && (
            <div className={styles.histogram}>
              <Histogram
                filter={filter}
                span={span}
                total={total}
                onRange={(from, to) => onNarrow(`after:${moment(from)} before:${moment(to)}`)}
              />
            </div>
          )}
          <div className={styles.rows}>
            {store !== null && hasRows ? (
              <Timeline
                key={store.filter}
                store={store}
                start="newest"
                list="live"
                standardColumns={liveColumns}
                label="Statements of all sessions"
                selected={selected}
                onSelect={select}
                onEnter={() => focusPane("details")}
                onEscape={close}
                following={following}
                onFollowing={follow}
                axis={null}
                onFilter={onNarrow}
              />
            ) : (
              store !== null && <NothingToShow store={store} onClear={() => onFilter("")} />
            )}
          </div>
        </div>
      </Panel>
      {selected !== null && (
        <>
          <PaneSeparator orientation={side === "right" ? "vertical" : "horizontal"} label="Size of the details" />
          <Panel id="details" minSize={side === "right" ? 320 : 160} defaultSize={side === "right" ? "42%" : "52%"}>
            <StatementDetails statement={selected} side={side} onClose={close} />
          </Panel>
        </>
      )}
    </Group>
  );
}

function selectedNow(): LivePlace["selected"] {
  const place = currentPlace();
  return place.screen === "live" ? place.selected : null;
}

/** Counts the rebuildings of the library that ended; rows have new ids after one. */
function useReloadAfterRebuild(): number {
  const state = useStatus(({ status }) => status?.library.state);
  const former = useRef(state);
  const [times, setTimes] = useState(0);
  useEffect(() => {
    if (former.current === "rebuilding" && state !== "rebuilding") setTimes((before) => before + 1);
    former.current = state;
  }, [state]);
  return times;
}

/** A time as the filter language takes it, to the millisecond. */
function moment(micros: number): string {
  return new Date(micros / 1000).toISOString();
}
