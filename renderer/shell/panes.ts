/** Panes that F6 goes through, in order; each marks its focusable element with `data-pane`. */
const order = ["list", "details", "result", "rail"] as const;
export type PaneName = (typeof order)[number];

/** Puts the focus into a pane, if it is shown. */
export function focusPane(name: PaneName): void {
  requestAnimationFrame(() => paneElement(name)?.focus());
}

/** Puts the focus into the next (or previous) pane that is shown. */
export function focusNextPane(step: 1 | -1): void {
  const shown = order.filter((name) => paneElement(name) !== null);
  const current = shown.findIndex((name) => paneElement(name)?.contains(document.activeElement));
  const next = shown[(current + step + shown.length) % shown.length];
  if (next !== undefined) paneElement(next)?.focus();
}

function paneElement(name: PaneName): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-pane="${name}"]`);
}
