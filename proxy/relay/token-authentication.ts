/** A token of the identity provider as the password: over TLS or a Unix socket only, since it crosses the wire as it is. */
import { AuthPlugin } from "../protocol/auth/auth-plugin.ts";
import { decodeTokenResponse } from "../protocol/auth/token-response.ts";
import { encodeAuthSwitchRequest } from "../protocol/auth-switch-request.ts";
import type { ClientGate } from "./client-gate.ts";
import { type Dialogue, fromClient, Refused, receive, refusal, send, verifyToken } from "./dialogue.ts";
import type { ProvenIdentity } from "./known-credentials.ts";
import type { Presented } from "./presented.ts";

/** User names under which a token is asked for, with the plugin in which it is; no credential is ever made for them. */
const reservedUsers: ReadonlyMap<string, string> = new Map([
  ["token", AuthPlugin.clearPassword],
  ["oidc", AuthPlugin.openIdConnectClient],
]);

/** Whether the client wants to sign in by a token: by its user name, or by the one plugin that knows nothing else. */
export function presentsToken(gate: ClientGate, { user, authPlugin }: Pick<Presented, "user" | "authPlugin">): boolean {
  if (gate.verifyToken === null) return false;
  return authPlugin === AuthPlugin.openIdConnectClient || reservedUsers.has(user.toString("utf8"));
}

/** Takes the client's token and has it verified; gives who it vouches for. No part of it is in any message. */
export function* authenticateByToken(gate: ClientGate, presented: Presented, fresh: Buffer): Dialogue<ProvenIdentity> {
  const { user, authPlugin, trusted } = presented;
  const name = user.toString("utf8");
  if (gate.verifyToken === null || !trusted) throw tokenInClear(presented);
  if (authPlugin === null) throw denied("The client cannot send a token: it is too old for authentication plugins.", presented);
  const openId = authPlugin === AuthPlugin.openIdConnectClient;
  const plugin = openId ? authPlugin : (reservedUsers.get(name) ?? AuthPlugin.clearPassword);
  const answer = yield* answerIn(plugin, presented, fresh);
  const token = Buffer.from(fromClient(decodeTokenResponse(plugin, answer)));
  answer.fill(0);
  if (token.length === 0) throw denied("The client presented no token. Give it as the password.", presented);
  const verdict = yield* verifyToken(token, gate.verifyToken);
  if (!verdict.ok) throw verdict.wrong ? denied(verdict.message, presented) : refused(verdict.message);
  return { actor: verdict.actor, credential: { id: verdict.credential, user: name }, until: verdict.until };
}

/** What the client answered already where that was in `plugin`, else what it answers when it is asked. */
function* answerIn(plugin: string, { authPlugin, authResponse }: Presented, fresh: Buffer): Dialogue<Buffer> {
  if (authPlugin === plugin && authResponse.length > 0) return authResponse;
  yield* send("client", encodeAuthSwitchRequest(plugin, fresh));
  return yield* receive("client");
}

function denied(message: string, { user, host }: Presented): Refused {
  const whole = `Access denied for user '${user.toString("utf8")}'@'${host}'. ${message}`;
  const answer = { errno: 1045, sqlstate: "28000", message: whole };
  return new Refused({ cause: "sign-in-failed", detail: whole, answer, wrongCredential: true });
}

function refused(message: string): Refused {
  return refusal("sign-in-failed", { errno: 1045, sqlstate: "28000", message });
}

/** Some clients have sent it by now; it is not looked at, and their person should know. */
function tokenInClear({ authResponse }: Presented): Refused {
  authResponse.fill(0);
  return refused("A token is taken over TLS only, since it crosses the wire as it is. Turn on TLS in the client (ssl-mode=REQUIRED).");
}
