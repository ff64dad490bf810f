/** Where the refresh token of a sign-in is kept. */
export interface RefreshTokens {
  read(): string | null;
  /** `null` removes it. */
  write(token: string | null): Promise<void>;
  /** Keeps others who share the token from using it meanwhile: most providers take each one only once. */
  exclusively<T>(use: () => Promise<T>): Promise<T>;
}

/** In memory, for the run of the program. */
export class RefreshTokensInMemory implements RefreshTokens {
  #token: string | null = null;
  #last: Promise<unknown> = Promise.resolve();

  read(): string | null {
    return this.#token;
  }

  write(token: string | null): Promise<void> {
    this.#token = token;
    return Promise.resolve();
  }

  exclusively<T>(use: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(use);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
