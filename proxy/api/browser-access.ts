import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Browsers that may be let in at once; the longest-known one has to ask again when there are more. */
const browserLimit = 64;

/**
 * Who may use the browser host: who holds the one-time token of the printed address, and from then on who holds the
 * cookie that it was exchanged for. Tokens and cookies are 256 random bits, and are compared in constant time.
 */
export class BrowserAccess {
  readonly #cookieName: string;
  #token = randomSecret();
  #browsers: Buffer[] = [];

  /** Cookies do not know ports: the name does, so that two hosts on one machine do not overwrite each other's. */
  constructor(port: number) {
    this.#cookieName = `stenograph-${port}`;
  }

  /** The token that is good for one exchange; another one after that. */
  get token(): string {
    return this.#token;
  }

  /** Spends the token: the value for `Set-Cookie`, or `null` where the token is wrong or was used before. */
  exchange(token: string): string | null {
    if (!equal(digest(token), digest(this.#token))) return null;
    this.#token = randomSecret();
    const cookie = randomSecret();
    this.#browsers = [...this.#browsers.slice(1 - browserLimit), digest(cookie)];
    return `${this.#cookieName}=${cookie}; Path=/; HttpOnly; SameSite=Strict`;
  }

  /** Whether a request's `Cookie` header holds a cookie that was given out. */
  admits(cookieHeader: string | undefined): boolean {
    const presented = cookiesNamed(this.#cookieName, cookieHeader ?? "").map(digest);
    return presented.some((cookie) => this.#browsers.some((known) => equal(known, cookie)));
  }
}

function cookiesNamed(name: string, header: string): readonly string[] {
  return header
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}

function randomSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** Digests have one length, which is what a comparison in constant time needs. */
function digest(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

function equal(one: Buffer, other: Buffer): boolean {
  return timingSafeEqual(one, other);
}
