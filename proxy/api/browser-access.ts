import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Browsers that may be let in at once; the longest-known one has to ask again when there are more. */
const browserLimit = 64;

/** A browser that was let in: the digest of its cookie, and the account that it runs under where that is known. */
interface KnownBrowser {
  readonly cookie: Buffer;
  readonly account: number | null;
}

/**
 * Who may use the browser host: who holds the one-time token of the printed address, and from then on who holds the
 * cookie that it was exchanged for. Tokens and cookies are 256 random bits, and are compared in constant time.
 *
 * Browsers send a cookie to every port of 127.0.0.1, so any program that serves a page there, and that the person looks at
 * with the same browser, learns ours. On Linux it is of no use to other accounts than the browser's. Elsewhere such a program
 * could use it until Stenograph ends; a path or `__Host-` (which needs TLS) would not keep it from being sent. Programs of
 * the browser's own account are not held back: they could read what the browser holds anyway.
 */
export class BrowserAccess {
  readonly #cookieName: string;
  #token = randomSecret();
  #browsers: KnownBrowser[] = [];

  /** Cookies do not know ports: the name does, so that two hosts on one machine do not overwrite each other's. */
  constructor(port: number) {
    this.#cookieName = `stenograph-${port}`;
  }

  /** The token that is good for one exchange; another one after that. */
  get token(): string {
    return this.#token;
  }

  /**
   * Spends the token: the value for `Set-Cookie`, or `null` where the token is wrong or was used before. `account` is the one that
   * asks, where it is known: the cookie is good for that one alone.
   */
  exchange(token: string, account: number | null): string | null {
    if (!equal(digest(token), digest(this.#token))) return null;
    this.#token = randomSecret();
    const cookie = randomSecret();
    this.#browsers = [...this.#browsers.slice(1 - browserLimit), { cookie: digest(cookie), account }];
    return `${this.#cookieName}=${cookie}; Path=/; HttpOnly; SameSite=Strict`;
  }

  /** Whether a request's `Cookie` header holds a cookie that was given out to `account`. */
  admits(cookieHeader: string | undefined, account: number | null): boolean {
    const presented = cookiesNamed(this.#cookieName, cookieHeader ?? "").map(digest);
    const known = this.#browsers.filter((browser) => browser.account === null || browser.account === account);
    return presented.some((cookie) => known.some((browser) => equal(browser.cookie, cookie)));
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
