/** What a verification says: one verdict, the reason where it is bad, and every limit of what was proven. */

/** Why a bundle proves nothing. */
export type FaultCode =
  | "E_CONTAINER"
  | "E_HASH"
  | "E_EXTRA"
  | "E_SIG"
  | "E_TYPE"
  | "E_NONCE"
  | "E_IDP"
  | "E_TIME"
  | "E_TSA"
  | "E_ROOT"
  | "E_FORK"
  | "E_GAP"
  | "E_DISCLOSE"
  | "E_CUSTODY";

/** What a bundle whose signatures and hashes hold leaves open all the same. */
export type LimitCode =
  | "W_SELF_JWKS"
  | "W_NO_TSA"
  | "W_NO_WITNESS"
  | "W_REDACTED"
  | "W_NO_IDENTITY"
  | "W_TOKEN_EXPIRED"
  | "W_UNKNOWN_DEVICE"
  | "W_KEY_THIS_RUN"
  | "W_INCOMPLETE";

/** A limit, in a sentence for a person. */
export interface Limit {
  readonly code: LimitCode;
  readonly message: string;
}

/** Where in a bundle something is: the file, and a place in it as a person finds it, e.g. `line 12`. */
export interface Place {
  readonly file?: string;
  readonly position?: string;
}

/** Found where a bundle is not what it claims to be. Its message is a sentence that names file and position. */
export class BundleFault extends Error {
  readonly code: FaultCode;
  readonly file: string | null;
  readonly position: string | null;

  /** `reason`: what is wrong, as the end of a sentence that begins with the place. */
  constructor(code: FaultCode, reason: string, { file, position }: Place = {}) {
    const place = [file, position].filter((part) => part !== undefined).join(", ");
    super(place === "" ? `The bundle ${reason}.` : `${place}: ${reason}.`);
    this.name = "BundleFault";
    this.code = code;
    this.file = file ?? null;
    this.position = position ?? null;
  }
}
