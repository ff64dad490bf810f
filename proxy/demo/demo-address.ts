/** The address of a real server for the demo, as `--upstream mysql://USER:PASSWORD@HOST:PORT/SCHEMA`. */
import { FailureError } from "../model/failure.ts";
import type { UpstreamAccount } from "./workload/upstream-schema.ts";

/**
 * The account in the address. A schema in it is passed over: the demo makes its own. Throws a `FailureError` of code
 * `usage` where it is no such address.
 */
export function demoAddress(text: string): UpstreamAccount {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== "mysql:" || url.hostname === "" || url.username === "") {
    throw new FailureError("usage", "The address must be mysql://USER:PASSWORD@HOST:PORT.");
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? 3306 : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
}
