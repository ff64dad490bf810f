/** What an identity provider in this process hands out: tokens and codes that belong to whoever asked for them alone. */
import { ServerResponse } from "node:http";
import type { Canary } from "./canary.ts";

const named = { access_token: "an access token", refresh_token: "a refresh token", id_token: "an ID token", device_code: "a device code" };

/** Hears everything that HTTP servers of this process answer, until it is disposed of. */
export class OverheardTokens implements Disposable {
  readonly heard: Canary[] = [];
  readonly #end = ServerResponse.prototype.end;
  readonly #setHeader = ServerResponse.prototype.setHeader;

  constructor() {
    const { heard } = this;
    const [end, setHeader] = [this.#end, this.#setHeader];
    const add = (of: string, text: string): void =>
      void (heard.some((one) => one.text === text) || heard.push({ of, text, password: false }));
    ServerResponse.prototype.end = function (this: ServerResponse, ...args: unknown[]) {
      const body = typeof args[0] === "string" || Buffer.isBuffer(args[0]) ? String(args[0]) : "";
      for (const [name, of] of Object.entries(named)) {
        const token = new RegExp(`"${name}":"([^"]+)"`).exec(body)?.[1];
        if (token !== undefined) add(of, token);
      }
      return Reflect.apply(end, this, args) as ServerResponse;
    } as typeof end;
    ServerResponse.prototype.setHeader = function (this: ServerResponse, name, value) {
      const code = name.toLowerCase() === "location" ? /[?&]code=([^&]{20,})/.exec(String(value))?.[1] : undefined;
      if (code !== undefined) add("an authorization code", code);
      return Reflect.apply(setHeader, this, [name, value]) as ServerResponse;
    } as typeof setHeader;
  }

  [Symbol.dispose](): void {
    ServerResponse.prototype.end = this.#end;
    ServerResponse.prototype.setHeader = this.#setHeader;
  }
}
