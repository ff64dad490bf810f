/**
 * COM_CHANGE_USER: a sign-in in the middle of a session, in either mode.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_change_user.html
 */
import type { SignedInAgain } from "../model/session.ts";
import { Capability, has } from "../protocol/capabilities.ts";
import { type ChangeUser, decodeChangeUser, encodeChangeUser } from "../protocol/change-user.ts";
import { Command } from "../protocol/command.ts";
import { type ErrPacket, encodeErrPacket } from "../protocol/err-packet.ts";
import { relayAuthentication } from "./authentication-relay.ts";
import { authenticateClientAgain, identityEnded } from "./client-authentication.ts";
import { gateWithin } from "./client-gate.ts";
import { type ConnectionPhaseFacts, nameOrNull } from "./connection-phase-facts.ts";
import { type Dialogue, Refused, receive, refusal, send } from "./dialogue.ts";
import { newScramble, type OwnChallenge, signInCapabilities } from "./greeting.ts";
import type { ProvenIdentity } from "./known-credentials.ts";
import { PasswordTranslation } from "./password-translation.ts";
import { type OpenSession, presentedBy, storedAccount, transportsOf } from "./sign-in.ts";
import type { SignedIn } from "./upstream-answer.ts";
import { authenticateUpstream } from "./upstream-authentication.ts";

/** How a change of user ended. */
export type UserChange =
  | { readonly kind: "changed"; readonly okPayload: Buffer; readonly signedIn: SignedInAgain }
  /** The session goes on, unless the upstream itself closes it. `errPayload` is for the client. */
  | { readonly kind: "refused"; readonly errPayload: Buffer; readonly detail: string };

/** Failed changes after which MariaDB answers no more of them. */
const mostRefused = 3;

/** Names no plugin, so that the upstream asks with the one that it wants and a scramble of its own. */
const noPlugin = "";

/** The changes of user of one session. */
export class UserChanges {
  private readonly session: OpenSession;
  private readonly facts: ConnectionPhaseFacts;
  /** The scramble that the upstream sent last. */
  private scramble: Buffer;
  private refused = 0;
  private current: ProvenIdentity | null;

  constructor(session: OpenSession, facts: ConnectionPhaseFacts, scramble: Buffer) {
    this.session = session;
    this.facts = facts;
    this.scramble = scramble;
    this.current = facts.identity;
  }

  /** Who the session is: by which credential may change, the actor does not. `null` where clients are not told apart. */
  get identity(): ProvenIdentity | null {
    return this.current;
  }

  /** Changes the user for a COM_CHANGE_USER's `payload`. What cannot go on as a session is thrown as `Refused`. */
  *change(payload: Buffer): Dialogue<UserChange> {
    const decoded = decodeChangeUser(payload, this.facts.capabilities);
    const asked = decoded.ok ? decoded.value : null;
    const { challenge } = this.session;
    let identity: ProvenIdentity | null = null;
    if (challenge !== null) {
      const admitted = yield* this.admitted(asked, challenge);
      if (admitted instanceof Refused) return yield* this.deniedByProxy(admitted);
      identity = admitted;
    }
    try {
      const signedIn = challenge === null || asked === null ? yield* this.passthrough(payload, asked) : yield* this.storedAgain(asked);
      return this.changed(signedIn, asked, identity);
    } catch (thrown) {
      if (!(thrown instanceof Refused) || thrown.refusal.by !== "upstream" || thrown.refusal.answer === null) throw thrown;
      // The upstream has answered, and goes on or closes as it does.
      return { kind: "refused", errPayload: payloadOf(thrown.refusal.answer), detail: thrown.refusal.detail };
    }
  }

  private changed(signedIn: SignedIn, asked: ChangeUser | null, identity: ProvenIdentity | null): UserChange {
    const { connection, gate } = this.session;
    const over = identity === null ? null : gate.whyOver(identity);
    if (over !== null) throw identityEnded(over);
    this.current = identity;
    this.scramble = signedIn.scramble;
    this.refused = 0;
    return {
      kind: "changed",
      okPayload: signedIn.okPayload,
      signedIn: {
        account: connection.auth === "mapped" ? connection.upstreamUser : nameOrNull(asked?.user ?? null),
        schema: nameOrNull(asked?.schema ?? null),
        characterSet: asked?.characterSet ?? null,
        plugin: signedIn.plugin,
        ...(identity && { credential: identity.credential }),
      },
    };
  }

  /** The client's packet goes on as it is, except for a password that the other side expects in another form. */
  private *passthrough(payload: Buffer, change: ChangeUser | null): Dialogue<SignedIn> {
    const { capabilities } = this.facts;
    const plugin = change?.authPlugin ?? null;
    const translation = new PasswordTranslation(plugin, this.scramble, transportsOf(this.session, this.facts), this.session.passwordKey);
    const authResponse = change === null ? null : yield* translation.answerForUpstream(change.authResponse);
    const unchanged = change === null || authResponse === null || authResponse === change.authResponse;
    yield* send("upstream", unchanged ? payload : encodeChangeUser({ ...change, authResponse }, capabilities));
    return yield* relayAuthentication(translation, has(capabilities, Capability.MULTI_FACTOR_AUTHENTICATION));
  }

  /** The client signs in to the proxy again; who it is, or why it may not. `mapped` only. */
  private *admitted(asked: ChangeUser | null, challenge: OwnChallenge): Dialogue<ProvenIdentity | null | Refused> {
    if (asked === null || (this.refused >= mostRefused && isMariaDb(this.session))) return unknownCommand();
    const gate = this.current === null ? this.session.gate : gateWithin(this.session.gate, this.current);
    try {
      return yield* authenticateClientAgain(gate, challenge, presentedBy(this.session, this.facts, asked), newScramble());
    } catch (thrown) {
      if (thrown instanceof Refused) return thrown;
      throw thrown;
    }
  }

  /** As the upstream would have it: MariaDB's sessions go on with their old user and lose their state; MySQL closes them. */
  private *deniedByProxy(denied: Refused): Dialogue<UserChange> {
    const { answer, detail } = denied.refusal;
    if (answer === null || !isMariaDb(this.session)) throw denied;
    this.refused += 1;
    yield* send("upstream", Buffer.of(Command.RESET_CONNECTION));
    yield* receive("upstream");
    return { kind: "refused", errPayload: payloadOf(answer), detail };
  }

  /** The stored account signs in upstream again, which resets its session there as the client wants its own reset. */
  private *storedAgain(asked: ChangeUser): Dialogue<SignedIn> {
    const { connection, response, greeting } = this.session;
    const stored: ChangeUser = {
      ...asked,
      user: Buffer.from(connection.upstreamUser ?? "", "utf8"),
      authResponse: Buffer.alloc(0),
      characterSet: asked.characterSet ?? response.characterSet,
      authPlugin: noPlugin,
    };
    yield* send("upstream", encodeChangeUser(stored, this.facts.capabilities | signInCapabilities(connection.auth, greeting)));
    return yield* authenticateUpstream(storedAccount(this.session, this.facts), noPlugin, this.scramble);
  }
}

function payloadOf(answer: ErrPacket | Buffer): Buffer {
  return Buffer.isBuffer(answer) ? answer : encodeErrPacket(answer);
}

function isMariaDb({ greeting }: OpenSession): boolean {
  return !has(greeting.capabilities, Capability.LONG_PASSWORD) || /mariadb/i.test(greeting.serverVersion);
}

function unknownCommand(): Refused {
  return refusal("sign-in-failed", { errno: 1047, sqlstate: "08S01", message: "Unknown command" });
}
