/** Passwords in the texts by which tables of FEDERATED, CONNECT and Spider say how to connect. */

/** A stretch of a text, by character offsets. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** What says the password, and then (group `secret`) the password. */
const forms = [
  // scheme://user:secret@host; a secret may hold an @ itself.
  /:\/\/[^/:@\s]*:(?<secret>[^/\s]*)@/dgi,
  // password "secret", password='secret'
  /\b(?:password|pwd)\s*=?\s*(?<quote>\\?["']|'')(?<secret>.*?)\k<quote>/dgis,
] as const;

/** password=secret, up to the next separator; only where nothing but settings is in the text. */
const unquoted = /\b(?:password|pwd)\s*=\s*(?<secret>[^\s"',;][^,;]*)/dgi;

/** Finds passwords in `text`. `settings`: it holds settings and nothing else, as CONNECTION does and COMMENT does not. */
export function passwordsIn(text: string, settings: boolean): Stretch[] {
  return [...forms, ...(settings ? [unquoted] : [])].flatMap((form) =>
    [...text.matchAll(form)].flatMap(({ indices }) => {
      const [start, end] = indices?.groups?.secret ?? [0, 0];
      return end > start ? [{ start, end }] : [];
    }),
  );
}
