import { useEffect, useState, useSyncExternalStore } from "react";
import { useApi } from "../api/api-context.ts";
import { afterTime } from "./after-time.ts";
import { nextAnimationFrame } from "./frame-batch.ts";
import { StatementStore } from "./statement-store.ts";

/** The statements that match `filter`, followed while the component is shown; `null` for the first moment. */
export function useStatements(filter: string): StatementStore | null {
  const api = useApi();
  const [store, setStore] = useState<StatementStore | null>(null);
  useEffect(() => {
    const opened = new StatementStore(api, filter, afterTime, nextAnimationFrame);
    setStore(opened);
    return () => opened.close();
  }, [api, filter]);
  useSyncExternalStore(store?.subscribe ?? noSubscription, store?.version ?? zero);
  return store;
}

const noSubscription = (): (() => void) => () => undefined;
const zero = (): number => 0;
