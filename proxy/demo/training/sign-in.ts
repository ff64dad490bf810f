/**
 * The server's half of the Connection phase, without a socket: packets in, packets out. Accounts use
 * caching_sha2_password, whose fast path needs no TLS; a client that starts with another plugin is asked to switch.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { AuthPlugin } from "../../protocol/auth/auth-plugin.ts";
import { cachingSha2Response, fastAuthSuccess } from "../../protocol/auth/caching-sha2-password.ts";
import { encodeAuthMoreData } from "../../protocol/auth-more-data.ts";
import { encodeAuthSwitchRequest } from "../../protocol/auth-switch-request.ts";
import { Capability, has, ServerStatus } from "../../protocol/capabilities.ts";
import { decodeChangeUser } from "../../protocol/change-user.ts";
import { decodeHandshakeResponse41 } from "../../protocol/handshake-response-41.ts";
import { encodeHandshakeV10 } from "../../protocol/handshake-v10.ts";
import { MysqlError } from "./mysql-error.ts";

export interface Account {
  readonly user: string;
  readonly password: string;
}

/** What the training database offers. No TLS: it listens on the loopback address alone, for the proxy. */
const offered =
  Capability.LONG_PASSWORD |
  Capability.FOUND_ROWS |
  Capability.LONG_FLAG |
  Capability.CONNECT_WITH_DB |
  Capability.IGNORE_SPACE |
  Capability.PROTOCOL_41 |
  Capability.INTERACTIVE |
  Capability.TRANSACTIONS |
  Capability.SECURE_CONNECTION |
  Capability.MULTI_STATEMENTS |
  Capability.MULTI_RESULTS |
  Capability.PS_MULTI_RESULTS |
  Capability.PLUGIN_AUTH |
  Capability.CONNECT_ATTRS |
  Capability.PLUGIN_AUTH_LENENC_CLIENT_DATA |
  Capability.DEPRECATE_EOF |
  Capability.QUERY_ATTRIBUTES;

/** What to do after a packet of the client's: ask on, or let it in with what was agreed. Refusals are thrown. */
export type SignInStep =
  | { readonly kind: "ask"; readonly packet: Buffer }
  | {
      readonly kind: "done";
      readonly before: Buffer;
      readonly user: string;
      readonly schema: string | null;
      readonly capabilities: number;
    };

interface Claim {
  readonly user: string;
  readonly schema: string | null;
  readonly capabilities: number;
}

export class SignIn {
  private readonly account: Account;
  private scramble = makeScramble();
  /** Who asks to be let in, once that is known; the answer to an AuthSwitchRequest is awaited then. */
  private claim: Claim | null = null;

  constructor(account: Account) {
    this.account = account;
  }

  /** The greeting's payload. */
  greeting(version: string, threadId: number): Buffer {
    return encodeHandshakeV10({
      serverVersion: version,
      threadId,
      scramble: this.scramble,
      capabilities: offered >>> 0,
      mariaDbCapabilities: 0,
      characterSet: 255,
      statusFlags: ServerStatus.AUTOCOMMIT,
      authPlugin: AuthPlugin.cachingSha2Password,
    });
  }

  /** Takes the client's next packet. Throws `MysqlError`: 1045 for a wrong password, 1043 for what is no handshake. */
  take(payload: Buffer): SignInStep {
    if (this.claim !== null) return this.check(this.claim, payload);
    const decoded = decodeHandshakeResponse41(payload);
    if (!decoded.ok) throw badHandshake();
    const { capabilities, user, schema, authPlugin, authResponse } = decoded.value;
    const claim = { user: user.toString("utf8"), schema: schema?.toString("utf8") || null, capabilities: (capabilities & offered) >>> 0 };
    if (has(capabilities, Capability.SSL)) throw badHandshake();
    return authPlugin === AuthPlugin.cachingSha2Password ? this.check(claim, authResponse) : this.askAgain(claim);
  }

  /** COM_CHANGE_USER: signs in anew; the scramble of before is not used twice. */
  change(payload: Buffer, capabilities: number): SignInStep {
    const decoded = decodeChangeUser(payload, capabilities);
    if (!decoded.ok) throw badHandshake();
    return this.askAgain({
      user: decoded.value.user.toString("utf8"),
      schema: decoded.value.schema.toString("utf8") || null,
      capabilities,
    });
  }

  private askAgain(claim: Claim): SignInStep {
    this.claim = claim;
    this.scramble = makeScramble();
    return { kind: "ask", packet: encodeAuthSwitchRequest(AuthPlugin.cachingSha2Password, this.scramble) };
  }

  private check(claim: Claim, response: Buffer): SignInStep {
    this.claim = null;
    const expected = cachingSha2Response(this.account.password, this.scramble);
    const proven = response.length === expected.length && timingSafeEqual(response, expected);
    if (!proven || claim.user !== this.account.user) {
      // Some clients send the empty password as one NUL.
      const how = response.length > 1 ? "YES" : "NO";
      throw new MysqlError(1045, "28000", `Access denied for user '${claim.user}'@'localhost' (using password: ${how})`);
    }
    return { kind: "done", before: encodeAuthMoreData(Buffer.of(fastAuthSuccess)), ...claim };
  }
}

function badHandshake(): MysqlError {
  return new MysqlError(1043, "08S01", "Bad handshake");
}

/** 20 bytes without NUL, which ends strings, and without `$`, as servers make it. */
function makeScramble(): Buffer {
  return Buffer.from(randomBytes(20).map((byte) => (byte % 90) + 37));
}
