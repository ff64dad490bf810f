import type { Role } from "../model/role.ts";
import type { CallName, StreamName } from "./contract.ts";

/** Who may use a call or stream: anybody who reached the API, or who has one of these roles. */
export type Access = "anybody" | readonly [Role, ...Role[]];

/**
 * Who may use which call and stream. Each has its line here, or this does not compile. Where nobody signs in, everybody has all roles.
 * Besides, what an operator reads is only their own (model/read-scope.ts).
 */
export const access: { readonly [N in CallName | StreamName]: Access } = {
  "app.info": "anybody",
  "status.get": "anybody",
  status: "anybody",
  "identity.get": "anybody",
  identity: "anybody",
  "identity.signIn": "anybody",
  "identity.cancel": "anybody",
  "identity.signOut": "anybody",
  // Everybody their own, an admin everybody's.
  "identity.signIns": "anybody",
  "identity.endSignIn": "anybody",
  "identity.settings": ["admin"],
  "identity.saveSettings": ["admin"],
  "identity.testSettings": ["admin"],
  "sessions.list": ["operator", "auditor"],
  "sessions.get": ["operator", "auditor"],
  "sessions.follow": ["operator", "auditor"],
  "statements.page": ["operator", "auditor"],
  "statements.histogram": ["operator", "auditor"],
  "statements.claimNames": ["operator", "auditor"],
  "statements.get": ["operator", "auditor"],
  "statements.rows": ["operator", "auditor"],
  "statements.follow": ["operator", "auditor"],
  "connections.list": ["operator", "auditor", "admin"],
  "connections.snippets": ["operator", "admin"],
  "connections.start": ["operator", "admin"],
  "connections.stop": ["operator", "admin"],
  "connections.save": ["admin"],
  "connections.remove": ["admin"],
  "connections.test": ["admin"],
  "credentials.list": ["operator"],
  "credentials.mint": ["operator"],
  "credentials.revoke": ["operator"],
  "machines.list": ["auditor", "admin"],
  "machines.register": ["admin"],
  "machines.rotate": ["admin"],
  "machines.revoke": ["admin"],
  "machines.remove": ["admin"],
  "library.reindex": ["admin"],
};

/** Whether who has these roles may use it. */
export function mayUse(name: CallName | StreamName, roles: readonly Role[]): boolean {
  const needed = access[name];
  return needed === "anybody" || needed.some((role) => roles.includes(role));
}

/** The roles of which one is needed; none where anybody may use it. */
export function rolesFor(name: CallName | StreamName): readonly Role[] {
  const needed = access[name];
  return needed === "anybody" ? [] : needed;
}

/** Names of all that who has these roles may use. */
export function usable(roles: readonly Role[]): readonly string[] {
  return (Object.keys(access) as (CallName | StreamName)[]).filter((name) => mayUse(name, roles));
}
