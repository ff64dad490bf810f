/** Tokens that clients presented, while the main thread verifies them. */
import type { TokenVerdict } from "../model/client-credential.ts";

/** Verifying may mean to ask the provider for its keys. */
const longestMs = 15_000;
const mostAtOnce = 64;

const late: TokenVerdict = {
  ok: false,
  wrong: false,
  message: "The token could not be verified in time, because the identity provider did not answer. Try again.",
};
const busy: TokenVerdict = {
  ok: false,
  wrong: false,
  message: "Too many tokens are being verified at this moment: try again in some seconds.",
};

export class TokenQuestions {
  private readonly ask: (request: number, connection: string, token: Uint8Array) => void;
  private readonly open = new Map<number, (verdict: TokenVerdict) => void>();
  private last = 0;

  constructor(ask: (request: number, connection: string, token: Uint8Array) => void) {
    this.ask = ask;
  }

  /** The verdict on a token, within the time limit whatever happens. `token` is overwritten once it was handed over. */
  verify(connection: string, token: Buffer): Promise<TokenVerdict> {
    if (this.open.size >= mostAtOnce) return Promise.resolve(busy);
    this.last += 1;
    const request = this.last;
    const { promise, resolve } = Promise.withResolvers<TokenVerdict>();
    const limit = setTimeout(() => this.answered(request, late), longestMs);
    this.open.set(request, (verdict) => {
      clearTimeout(limit);
      resolve(verdict);
    });
    this.ask(request, connection, token);
    token.fill(0);
    return promise;
  }

  /** An answer to what nobody waits for any more says nothing. */
  answered(request: number, verdict: TokenVerdict): void {
    const answer = this.open.get(request);
    this.open.delete(request);
    answer?.(verdict);
  }
}
