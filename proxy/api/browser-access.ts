import { createHash, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";

/** Browsers that may be let in at once; the longest-known one has to ask again when there are more. */
const browserLimit = 64;

/** A browser that was let in: its name here, the digest of its cookie, and the account that it runs under where that is known. */
interface KnownBrowser {
  readonly name: string;
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
  readonly #forgotten: (browser: string) => void;
  #token = randomSecret();
  readonly #browsers: KnownBrowser[] = [];

  /**
   * Cookies do not know ports: the name does, so that two hosts on one machine do not overwrite each other's. `forgotten` hears the
   * names of browsers that have to ask again.
   */
  constructor(port: number, forgotten: (browser: string) => void) {
    this.#cookieName = `stenograph-${port}`;
    this.#forgotten = forgotten;
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
    this.#browsers.push({ name: randomUUID(), cookie: digest(cookie), account });
    const over = this.#browsers.length - browserLimit;
    for (const { name } of over > 0 ? this.#browsers.splice(0, over) : []) this.#forgotten(name);
    return `${this.#cookieName}=${cookie}; Path=/; HttpOnly; SameSite=Strict`;
  }

  /** The name of the browser whose cookie, given out to `account`, a request's `Cookie` header holds; `null` where it holds none. */
  browserOf(cookieHeader: string | undefined, account: number | null): string | null {
    const presented = cookiesNamed(this.#cookieName, cookieHeader ?? "").map(digest);
    const known = this.#browsers.filter((browser) => browser.account === null || browser.account === account);
    return known.find((browser) => presented.some((cookie) => equal(browser.cookie, cookie)))?.name ?? null;
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
