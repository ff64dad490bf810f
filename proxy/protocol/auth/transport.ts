import { AuthPlugin } from "./auth-plugin.ts";

/** What carries a side's bytes; `socket` is a Unix socket without TLS, which does not leave the machine. */
export type Transport = "plain" | "tls" | "socket";

/** Whether clients and servers of `plugin` trust `transport` with the password itself. sha256_password trusts TLS only. */
export function isTrusted(plugin: string | null, transport: Transport): boolean {
  return transport === "tls" || (transport === "socket" && plugin !== AuthPlugin.sha256Password);
}
