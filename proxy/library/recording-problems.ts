/** Which recordings cannot be read in full, and why. */
export class RecordingProblems {
  readonly #damaged = new Map<string, string>();
  readonly #unreadable = new Map<string, string>();

  /** Nothing more can be read of it, ever. */
  damaged(session: string, why: string): void {
    this.#damaged.set(session, why);
  }

  /** It could not be read this time. */
  unreadable(session: string, why: string): void {
    this.#unreadable.set(session, why);
  }

  /** It could be read again, or is not there any more. */
  overcome(session: string): void {
    this.#unreadable.delete(session);
  }

  clear(): void {
    this.#damaged.clear();
    this.#unreadable.clear();
  }

  /** The last of them, as a sentence, and how many others there are; `null` where there are none. */
  get sentence(): string | null {
    return (
      told(this.#unreadable, "cannot be read now, and is shown only as far as it was", "cannot be read") ??
      told(this.#damaged, "is damaged and is shown only as far as it can be read", "are damaged")
    );
  }
}

function told(recordings: ReadonlyMap<string, string>, what: string, others: string): string | null {
  const last = [...recordings].at(-1);
  if (last === undefined) return null;
  const more = recordings.size === 1 ? "" : ` ${recordings.size - 1} more ${others}.`;
  return `The recording ${last[0]} ${what}: ${last[1]}.${more}`;
}
