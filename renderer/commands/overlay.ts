import { create } from "zustand";

/** What can lie over the screen; one at a time. */
export type Overlay = "palette" | "shortcuts";

interface OverlayState {
  readonly open: Overlay | null;
}

export const useOverlay = create<OverlayState>(() => ({ open: null }));

export function openOverlay(overlay: Overlay): void {
  useOverlay.setState({ open: overlay });
}

export function closeOverlay(): void {
  useOverlay.setState({ open: null });
}
