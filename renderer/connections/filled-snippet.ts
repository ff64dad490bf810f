/** A snippet with the password in place of `PASSWORD`; what is made here is of letters, digits, `-` and `_`, and needs no quotes anywhere. */
export function filledSnippet(text: string, password: string | undefined): string {
  return password === undefined ? text : text.replaceAll(/\bPASSWORD\b/g, () => password);
}
