/**
 * Where a key moves the selection in a list of `total` rows, `page` of them in view; `null` for keys that do not move it
 * and for lists without rows.
 */
export function nextIndex(key: string, current: number | null, total: number, page: number): number | null {
  if (total === 0) return null;
  const last = total - 1;
  const from = (fallback: number, step: number): number => (current === null ? fallback : Math.max(0, Math.min(last, current + step)));
  switch (key) {
    case "ArrowDown":
    case "j":
      return from(last, 1);
    case "ArrowUp":
    case "k":
      return from(last, -1);
    case "PageDown":
      return from(last, page);
    case "PageUp":
      return from(Math.max(0, last - page), -page);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}
