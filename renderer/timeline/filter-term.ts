/** `field:value` in the filter language, the value in quotes where it is not one plain word. */
export function filterTerm(field: string, value: string): string {
  return `${field}:${/^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(value) ? value : `"${value.replace(/[\\"]/g, "\\$&")}"`}`;
}

/** `filter` narrowed by `term`. */
export function narrow(filter: string, term: string): string {
  const former = filter.trim();
  if (former === "") return term;
  return /\bor\b/i.test(former) ? `(${former}) ${term}` : `${former} ${term}`;
}
