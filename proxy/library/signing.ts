import { type Failure, FailureError } from "../model/failure.ts";
import type { SealSignature } from "../recording/frame.ts";
import type { FromLibrary } from "./messages.ts";
import type { SealToSign } from "./sealer.ts";

interface Asked {
  readonly resolve: (signatures: readonly SealSignature[]) => void;
  readonly reject: (why: FailureError) => void;
}

/** The library thread's side of signing: the keys are the main thread's. */
export class Signing {
  readonly #send: (message: FromLibrary) => void;
  readonly #asked = new Map<number, Asked>();
  #lastId = 0;

  constructor(send: (message: FromLibrary) => void) {
    this.#send = send;
  }

  /** Has a seal signed. Rejects with a `FailureError` where it cannot be. */
  ask(seal: SealToSign): Promise<readonly SealSignature[]> {
    this.#lastId += 1;
    const { promise, resolve, reject } = Promise.withResolvers<readonly SealSignature[]>();
    this.#asked.set(this.#lastId, { resolve, reject });
    this.#send({ kind: "sign-seal", id: this.#lastId, seal });
    return promise;
  }

  signed(id: number, signatures: readonly SealSignature[]): void {
    this.#take(id)?.resolve(signatures);
  }

  notSigned(id: number, { code, message }: Failure): void {
    this.#take(id)?.reject(new FailureError(code, message));
  }

  #take(id: number): Asked | undefined {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    return asked;
  }
}
