import { EmptyState } from "../shell/EmptyState.tsx";
import { Notice } from "../shell/Notice.tsx";
import { useConnections } from "../state/connections.ts";
import type { StatementStore } from "../state/statement-store.ts";
import controls from "../styles/controls.module.css";
import { FirstClient } from "./FirstClient.tsx";

interface NothingToShowProps {
  readonly store: StatementStore;
  readonly onClear: () => void;
}

/** Why the list is empty, and what to do about it. */
export function NothingToShow({ store, onClear }: NothingToShowProps) {
  const connections = useConnections((state) => state.connections);
  if (store.failure !== null) {
    return (
      <EmptyState title="The statements cannot be shown">
        <Notice tone="error">{store.failure.message}</Notice>
        <div>
          <button type="button" className={controls.button} onClick={() => store.reload()}>
            Try again
          </button>
        </div>
      </EmptyState>
    );
  }
  if (store.filter !== "") {
    return (
      <EmptyState title="No statement matches">
        <p>
          {store.totalExact
            ? "Nothing that was recorded so far matches the filter. What matches from now on appears here."
            : "Nothing found so far; the search is still under way."}
        </p>
        <div>
          <button type="button" className={controls.button} onClick={onClear}>
            Clear the filter
          </button>
        </div>
      </EmptyState>
    );
  }
  return connections === null ? null : <FirstClient connections={connections} />;
}
