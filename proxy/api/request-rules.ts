import type { IncomingMessage } from "node:http";
import { peerAccount } from "../identity/answers/peer-account.ts";
import type { BrowserAccess } from "./browser-access.ts";

/** Why a request is turned away; `message` is a sentence for the person who sees it. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly message: string;
}

/**
 * The rules for a request before anything is done for it. `Host` must be a loopback name with our port, or a page
 * elsewhere could reach us by pointing its own name here (DNS rebinding). `Origin`, where the browser sends one, must be
 * exactly ours. `upgrade`: it must be there, because a WebSocket is not held back by the same-origin policy.
 */
export function refusalOf(request: IncomingMessage, port: number, kind: "page" | "upgrade"): Refusal | null {
  const wrongHost = hostRefusal(request, port);
  if (wrongHost !== null) return wrongHost;
  const { origin } = request.headers;
  if ((origin !== undefined || kind === "upgrade") && origin !== ownOrigin(request)) {
    return { status: 403, message: "Requests from other sites are not served." };
  }
  return null;
}

/** The rule for `Host` alone: a provider's page, which is of another site, may bring the end of a sign-in. */
export function hostRefusal({ headers: { host } }: IncomingMessage, port: number): Refusal | null {
  if (host !== undefined && loopbackHosts(port).includes(host.toLowerCase())) return null;
  return {
    status: 403,
    message: `This address is not served. Use http://127.0.0.1:${port}/ (through a tunnel, with the same port at your end).`,
  };
}

/** Our origin, by the name that the browser knows it by. */
export function ownOrigin({ headers: { host = "" } }: IncomingMessage): string {
  return `http://${host.toLowerCase()}`;
}

/** The name of the browser that a request comes from, by the valid cookie that it holds; `null` without one. */
export function browserOf(request: IncomingMessage, access: BrowserAccess): string | null {
  return access.browserOf(request.headers.cookie, peerAccount(request.socket));
}

/** The refusal of who holds no valid cookie. */
export const unknownBrowser: Refusal = {
  status: 401,
  message:
    "Stenograph does not know this browser, or was started again since it did. Open the address with the one-time token that Stenograph printed last.",
};

function loopbackHosts(port: number): readonly string[] {
  const names = ["127.0.0.1", "localhost", "[::1]"];
  const withPort = names.map((name) => `${name}:${port}`);
  return port === 80 ? [...withPort, ...names] : withPort;
}
