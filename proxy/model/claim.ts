/**
 * Something that a client said, under a name: of itself when it connected, by a query attribute, or in a comment around a
 * statement. Claimed, never proven.
 */
export interface Claim {
  readonly from: "connection" | "attribute" | "comment";
  readonly name: string;
  readonly value: string;
}
