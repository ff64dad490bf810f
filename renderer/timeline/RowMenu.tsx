import { ContextMenu } from "radix-ui";
import { type ReactNode, useState } from "react";
import type { TimelineRow } from "../../proxy/api/contract.ts";
import { FailureError } from "../../proxy/model/failure.ts";
import { useApi } from "../api/api-context.ts";
import type { Command } from "../commands/commands.ts";
import { runCommand } from "../commands/run-command.ts";
import { bytes } from "../format/quantity.ts";
import type { StatementStore } from "../state/statement-store.ts";
import { currentPlace, goTo } from "../state/use-place.ts";
import controls from "../styles/controls.module.css";
import { timelineColumns } from "./columns.tsx";

interface RowMenuProps {
  readonly store: StatementStore;
  readonly onFilter: ((term: string) => void) | undefined;
  readonly indexAt: (target: EventTarget | null) => number | null;
  readonly children: ReactNode;
}

interface Pointed {
  readonly row: TimelineRow;
  readonly term: string | null;
}

/** What a right click on a cell offers: show only what is alike, hide it, copy, open the session. */
export function RowMenu({ store, onFilter, indexAt, children }: RowMenuProps) {
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const point = (target: EventTarget | null): void => {
    const index = indexAt(target);
    const row = index === null ? undefined : store.row(index);
    const cell = target instanceof Element ? target.closest("[data-column]")?.getAttribute("data-column") : null;
    const column = timelineColumns.find((candidate) => candidate.id === cell);
    setPointed(row === undefined ? null : { row, term: column?.filter?.(row) ?? null });
  };
  return (
    <ContextMenu.Root>
      <ContextMenu.Trigger asChild onContextMenuCapture={(event) => point(event.target)}>
        {children}
      </ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Content className={controls.menu}>
          {pointed === null ? (
            <ContextMenu.Label className={controls.menuLabel}>Point at a statement</ContextMenu.Label>
          ) : (
            <Items pointed={pointed} onFilter={onFilter} />
          )}
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}

function Items({ pointed: { row, term }, onFilter }: { readonly pointed: Pointed; readonly onFilter: RowMenuProps["onFilter"] }) {
  const api = useApi();
  return (
    <>
      {term !== null && onFilter !== undefined && (
        <>
          <Item onSelect={() => onFilter(term)}>Show only {term}</Item>
          <Item onSelect={() => onFilter(`not ${term}`)}>Hide {term}</Item>
          <ContextMenu.Separator className={controls.separator} />
        </>
      )}
      {row.sql !== null && <Item onSelect={() => void runCommand(copyStatement(row), api)}>Copy statement</Item>}
      {currentPlace().screen === "live" && (
        <Item onSelect={() => goTo({ screen: "session", session: row.session, selected: row.seq })}>Open its session</Item>
      )}
    </>
  );
}

/** The list shows one line of it at most: the text itself is asked for. */
function copyStatement({ session, seq }: TimelineRow): Pick<Command, "title" | "run"> {
  return {
    title: "Copy statement",
    run: async (api) => {
      const { sql, sqlCutFrom } = await api.call("statements.get", { session, seq });
      if (sqlCutFrom !== null)
        throw new FailureError("too-large", `It has ${bytes(sqlCutFrom)}, too much for a clipboard. The recording holds all of it.`);
      await navigator.clipboard.writeText(sql ?? "");
    },
  };
}

function Item({ onSelect, children }: { readonly onSelect: () => void; readonly children: ReactNode }) {
  return (
    <ContextMenu.Item className={controls.item} onSelect={onSelect}>
      <span>{children}</span>
    </ContextMenu.Item>
  );
}
