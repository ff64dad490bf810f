/** Something real that tests use and that npm does not bring. */
export interface Part {
  readonly name: string;
  /** What is not tested where it is missing, as the end of a sentence. */
  readonly untested: string;
  /** How a person gets it. */
  readonly howToGet: string;
  /** Debian packages that bring it; none where it is brought in another way. */
  readonly packages: readonly string[];
  isThere(): boolean;
}
