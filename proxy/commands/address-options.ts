/** How addresses are written on the command line. */
import { InvalidArgumentError } from "commander";
import type { Endpoint } from "../model/endpoint.ts";
import { FailureError } from "../model/failure.ts";

/** `HOST:PORT` or `unix:/PATH`, as commander's argument parser. */
export function parseAddress(text: string): Endpoint {
  if (text.startsWith("unix:/")) return { host: text.slice("unix:".length), port: 0 };
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65535)
    throw new InvalidArgumentError("It must be HOST:PORT, e.g. 127.0.0.1:3307 or [::1]:3307, or unix:/PATH.");
  return { host: match[1] ?? match[2] ?? "", port };
}

const upstreamForms = "mysql://[USER@]HOST:PORT or mysql://[USER@]localhost/?socket=/PATH";

/**
 * An upstream's URL. Throws a `FailureError` (`usage`). Not an argument parser: commander repeats what it refuses, and there may be a
 * password in it.
 */
export function parseUpstream(text: string): Endpoint & { user: string | null } {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.protocol !== "mysql:" || url.hostname === "")
    throw new FailureError("usage", `--upstream must be ${upstreamForms}.`);
  if (url.password !== "")
    throw new FailureError("usage", `A password must not stand on the command line: use --upstream-password-env, and ${upstreamForms}.`);
  const user = url.username === "" ? null : decoded(url.username);
  const socket = url.searchParams.get("socket");
  if (socket === null && url.port === "0") throw new FailureError("usage", "--upstream cannot have port 0; MySQL's usual port is 3306.");
  if (socket === null) return { host: url.hostname.replace(/^\[|\]$/g, ""), port: url.port === "" ? 3306 : Number(url.port), user };
  if (!socket.startsWith("/") || url.hostname !== "localhost" || url.port !== "")
    throw new FailureError("usage", "--upstream with a socket must be mysql://[USER@]localhost/?socket=/PATH, an absolute path.");
  return { host: socket, port: 0, user };
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch (cause) {
    throw new FailureError("usage", "The account in --upstream has a % that is not followed by two hexadecimal digits; write it as %25.", {
      cause,
    });
  }
}
