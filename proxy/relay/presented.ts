/** What a client presented. `authPlugin` is `null` for a client that knows of no plugins. */
export interface Presented {
  readonly user: Buffer;
  readonly authPlugin: string | null;
  readonly authResponse: Buffer;
  /** Address of the client, for the message of a refusal. */
  readonly host: string;
  /** Whether what carries its bytes may carry a secret as it is. */
  readonly trusted: boolean;
}
