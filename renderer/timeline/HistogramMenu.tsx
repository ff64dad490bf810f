import { ChartColumn, Check } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { type HistogramSpan, usePreferences } from "../state/preferences.ts";
import controls from "../styles/controls.module.css";
import { spanNames } from "./histogram-span.ts";

const spans = Object.keys(spanNames) as HistogramSpan[];

/** Shows or hides the histogram, and how far it looks back. */
export function HistogramMenu() {
  const shown = usePreferences((preferences) => preferences.histogramShown);
  const span = usePreferences((preferences) => preferences.histogram);
  const set = usePreferences((preferences) => preferences.set);
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className={controls.icon} aria-label="Histogram" title="Histogram">
        <ChartColumn size={15} aria-hidden="true" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={controls.menu} align="end" sideOffset={4}>
          <DropdownMenu.CheckboxItem className={controls.item} checked={shown} onCheckedChange={(on) => set({ histogramShown: on })}>
            <Mark />
            Show the histogram
          </DropdownMenu.CheckboxItem>
          <DropdownMenu.Separator className={controls.separator} />
          <DropdownMenu.RadioGroup
            value={span}
            onValueChange={(value) => set({ histogram: spans.find((one) => one === value) ?? "15m", histogramShown: true })}
          >
            {spans.map((one) => (
              <DropdownMenu.RadioItem key={one} value={one} className={controls.item}>
                <Mark />
                {spanNames[one]}
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Mark() {
  return (
    <span className={controls.check}>
      <DropdownMenu.ItemIndicator>
        <Check size={14} aria-hidden="true" />
      </DropdownMenu.ItemIndicator>
    </span>
  );
}
