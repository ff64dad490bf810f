/** A person at the identity provider's pages, without a browser: follows redirects, keeps cookies, fills in forms. */
import { FailureError } from "../../model/failure.ts";
import type { DemoPerson } from "./people.ts";

/** A page that was arrived at, with its address. */
export interface ArrivedPage {
  readonly url: string;
  readonly status: number;
  readonly text: string;
}

/** Pages and redirects in a row. */
const stepLimit = 40;

export class ScriptedBrowser {
  /** By origin, cookie name and path. */
  private readonly cookies = new Map<string, { readonly origin: string; readonly path: string; readonly pair: string }>();

  /** `known`: what it holds from before, e.g. the workstation's cookie, in which it is let in there. */
  constructor(...known: readonly { readonly origin: string; readonly cookie: string }[]) {
    for (const { origin, cookie } of known) this.keep(origin, [cookie]);
  }

  /**
   * Opens the address where a sign-in begins, signs the person in, allows what is asked and arrives where the application
   * asked to: its answer is what this resolves to. Fails with code `scripted-sign-in` where the provider's pages lead
   * elsewhere, e.g. after a wrong password.
   */
  async signIn(url: string, person: Pick<DemoPerson, "user" | "password">): Promise<ArrivedPage> {
    const { origin } = new URL(url);
    let page = await this.open(url);
    let typed = false;
    for (let step = 0; step < stepLimit; step += 1) {
      if (new URL(page.url).origin !== origin || !hasForm(page)) return page;
      if (asksForPassword(page)) {
        if (typed) throw failure(page);
        typed = true;
        page = await this.submit(page, { step: "sign-in", user: person.user, password: person.password });
      } else {
        page = await this.submit(page, page.text.includes('value="consent"') ? { step: "consent" } : {});
      }
    }
    throw failure(page);
  }

  /** Gets a page, over its redirects. */
  async open(url: string): Promise<ArrivedPage> {
    return this.go(url, null);
  }

  /** Sends the page's form with its hidden fields and these. */
  async submit(page: ArrivedPage, fields: Readonly<Record<string, string>>): Promise<ArrivedPage> {
    const action = /<form[^>]*\baction="([^"]*)"/.exec(page.text)?.[1];
    const body = new URLSearchParams();
    for (const [, name = "", value = ""] of page.text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)) {
      body.set(name, plain(value));
    }
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    return this.go(new URL(plain(action ?? page.url), page.url).href, body);
  }

  private async go(url: string, form: URLSearchParams | null): Promise<ArrivedPage> {
    let at = url;
    let body = form;
    for (let step = 0; step < stepLimit; step += 1) {
      const response = await fetch(at, {
        redirect: "manual",
        headers: { accept: "text/html", cookie: this.cookiesFor(at) },
        ...(body === null ? {} : { method: "POST", body }),
      });
      this.keep(at, response.headers.getSetCookie());
      const location = response.headers.get("location");
      if (location === null) return { url: at, status: response.status, text: await response.text() };
      await response.body?.cancel();
      at = new URL(location, at).href;
      body = null;
    }
    throw new FailureError("scripted-sign-in", `The sign-in at ${new URL(url).origin} goes round in circles.`);
  }

  private keep(url: string, headers: readonly string[]): void {
    const { origin } = new URL(url);
    for (const header of headers) {
      const [pair = "", ...attributes] = header.split(/; */);
      const attribute = (name: string) => attributes.find((one) => one.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
      const path = attribute("path") ?? "/";
      const key = `${origin} ${pair.slice(0, pair.indexOf("="))} ${path}`;
      const expires = attribute("expires");
      if (expires !== undefined && Date.parse(expires) <= Date.now()) this.cookies.delete(key);
      else this.cookies.set(key, { origin, path, pair });
    }
  }

  private cookiesFor(url: string): string {
    const { origin, pathname } = new URL(url);
    return [...this.cookies.values()]
      .filter((cookie) => cookie.origin === origin && pathname.startsWith(cookie.path))
      .map(({ pair }) => pair)
      .join("; ");
  }
}

function hasForm({ text }: ArrivedPage): boolean {
  return text.includes("<form");
}

function asksForPassword({ text }: ArrivedPage): boolean {
  return text.includes('type="password"');
}

function failure(page: ArrivedPage): FailureError {
  const alert = /role="alert">([^<]*)</.exec(page.text)?.[1];
  const { origin } = new URL(page.url);
  return new FailureError("scripted-sign-in", `The sign-in at ${origin} did not work: ${plain(alert ?? `it answered ${page.status}`)}`);
}

function plain(html: string): string {
  const characters: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return html.replace(/&(amp|lt|gt|quot|#39);/g, (_entity, name: string) => characters[name] ?? "");
}
