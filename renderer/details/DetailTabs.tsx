import { Tabs } from "radix-ui";
import { useState } from "react";
import type { StatementDetail } from "../../proxy/api/contract.ts";
import { count } from "../format/quantity.ts";
import tabs from "../styles/tabs.module.css";
import { ResultGrid } from "../viewer/ResultGrid.tsx";
import { ClaimedList } from "./ClaimedList.tsx";
import styles from "./DetailTabs.module.css";
import { Facts } from "./Facts.tsx";
import { ParameterList } from "./ParameterList.tsx";
import { ParameterSets } from "./ParameterSets.tsx";
import { Timings } from "./Timings.tsx";

/** Results, parameters, timings and facts of a statement. */
export function DetailTabs({ detail }: { readonly detail: StatementDetail }) {
  const { results, params, paramSets, attributes, claims, row } = detail;
  const parameterCount = params?.length ?? paramSets?.count ?? null;
  const [tab, setTab] = useState(results.length > 0 ? "result-0" : (parameterCount ?? 0) > 0 ? "parameters" : "facts");
  return (
    <Tabs.Root value={tab} onValueChange={setTab} className={styles.tabs}>
      <Tabs.List className={styles.list} aria-label="Parts of the statement">
        {results.map((result, place) => {
          const value = `result-${place}`;
          return (
            <Tabs.Trigger key={value} value={value} className={tabs.tab}>
              {results.length === 1 ? "Rows" : `Result ${place + 1}`} <span className={styles.count}>{count(result.rowCount)}</span>
            </Tabs.Trigger>
          );
        })}
        {parameterCount !== null && (
          <Tabs.Trigger value="parameters" className={tabs.tab}>
            {paramSets === null ? "Parameters" : "Executions"} <span className={styles.count}>{count(parameterCount)}</span>
          </Tabs.Trigger>
        )}
        {attributes.length + claims.length > 0 && (
          <Tabs.Trigger value="claimed" className={tabs.tab}>
            Claimed <span className={styles.count}>{attributes.length + claims.length}</span>
          </Tabs.Trigger>
        )}
        <Tabs.Trigger value="timings" className={tabs.tab}>
          Timings
        </Tabs.Trigger>
        <Tabs.Trigger value="facts" className={tabs.tab}>
          Facts
        </Tabs.Trigger>
      </Tabs.List>
      {results.map((result, place) => {
        const value = `result-${place}`;
        return (
          <Tabs.Content key={value} value={value} className={styles.content}>
            <ResultGrid session={row.session} seq={row.seq} result={place} columns={result.columns} rowCount={result.rowCount} />
          </Tabs.Content>
        );
      })}
      <Tabs.Content value="parameters" className={styles.content}>
        {params !== null && <ParameterList parameters={params} />}
        {paramSets !== null && <ParameterSets sets={paramSets} />}
      </Tabs.Content>
      <Tabs.Content value="claimed" className={styles.content}>
        <ClaimedList attributes={attributes} claims={claims} />
      </Tabs.Content>
      <Tabs.Content value="timings" className={styles.content}>
        <Timings row={row} />
      </Tabs.Content>
      <Tabs.Content value="facts" className={styles.content}>
        <Facts detail={detail} />
      </Tabs.Content>
    </Tabs.Root>
  );
}
