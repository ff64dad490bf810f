import { Check, Columns3 } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { usePreferences } from "../state/preferences.ts";
import controls from "../styles/controls.module.css";
import { arrangedColumns } from "./column-layout.ts";
import { timelineColumns } from "./columns.tsx";

interface ColumnMenuProps {
  readonly list: string;
  readonly standard: readonly string[];
}

/** Chooses the columns of a list. */
export function ColumnMenu({ list, standard }: ColumnMenuProps) {
  const layout = usePreferences((preferences) => preferences.columns[list]);
  const setColumns = usePreferences((preferences) => preferences.setColumns);
  const visible = arrangedColumns(layout, standard).map((column) => column.id);
  const offered = timelineColumns.filter((column) => column.id !== "axis" || standard.includes("axis"));
  const toggle = (id: string): void => {
    const next = visible.includes(id) ? visible.filter((other) => other !== id) : [...visible, id];
    setColumns(list, { visible: next, widths: layout?.widths ?? {} });
  };
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className={controls.icon} aria-label="Columns" title="Columns">
        <Columns3 size={15} aria-hidden="true" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={controls.menu} align="end" sideOffset={4}>
          <DropdownMenu.Label className={controls.menuLabel}>Columns</DropdownMenu.Label>
          {offered.map((column) => (
            <DropdownMenu.CheckboxItem
              key={column.id}
              className={controls.item}
              checked={visible.includes(column.id)}
              disabled={visible.length === 1 && visible.includes(column.id)}
              onCheckedChange={() => toggle(column.id)}
              onSelect={(event) => event.preventDefault()}
            >
              <span className={controls.check}>
                <DropdownMenu.ItemIndicator>
                  <Check size={14} aria-hidden="true" />
                </DropdownMenu.ItemIndicator>
              </span>
              {column.title}
            </DropdownMenu.CheckboxItem>
          ))}
          <DropdownMenu.Separator className={controls.separator} />
          <DropdownMenu.Item className={controls.item} onSelect={() => setColumns(list, null)}>
            <span className={controls.check} />
            Reset columns
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
