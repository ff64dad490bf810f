/**
 * caching_sha2_password and sha256_password send the password itself over TLS (the former over a Unix socket too), and
 * encrypted with the server's RSA key otherwise. Where the two sides of a session differ in that, each side must get the form that it expects. Everything else passes as it is.
 */
import type { KeyObject } from "node:crypto";
import { AuthPlugin, sendsSecretInClear } from "../protocol/auth/auth-plugin.ts";
import { cachingSha2PublicKeyRequest, performFullAuthentication } from "../protocol/auth/caching-sha2-password.ts";
import { decryptPassword, encryptPassword } from "../protocol/auth/rsa-password.ts";
import { sha256PublicKeyRequest } from "../protocol/auth/sha256-password.ts";
import { isTrusted, type Transport } from "../protocol/auth/transport.ts";
import { encodeAuthMoreData } from "../protocol/auth-more-data.ts";
import { type Dialogue, type Refused, receive, refusal, send, upstreamMalformed } from "./dialogue.ts";

/** RSA key pair with which a client without TLS encrypts its password for the proxy. */
export interface PasswordKey {
  readonly publicKeyPem: Buffer;
  readonly privateKey: KeyObject;
}

/** What carries each side of a session. */
export interface SideTransports {
  readonly client: Transport;
  readonly upstream: Transport;
}

/** Keeps track of the plugin in use, and turns the client's answers into what the upstream expects. */
export class PasswordTranslation {
  plugin: string | null;
  /** The scramble that the upstream sent last. */
  scramble: Buffer;
  private readonly transports: SideTransports;
  private readonly key: PasswordKey;
  private fullAuthentication = false;
  /** A clear password on its way to an upstream without TLS, until its RSA key comes. */
  private held: Buffer | null = null;

  constructor(plugin: string | null, scramble: Buffer, transports: SideTransports, key: PasswordKey) {
    this.plugin = plugin;
    this.scramble = scramble;
    this.transports = transports;
    this.key = key;
  }

  /** Whether the upstream's next AuthMoreData is the RSA key that the proxy asked for, and not for the client. */
  get awaitsPublicKey(): boolean {
    return this.held !== null;
  }

  /** Starts over with the plugin that the upstream asks for. */
  begin(plugin: string, scramble: Buffer): void {
    this.drop();
    this.plugin = plugin;
    this.scramble = Buffer.from(scramble);
    this.fullAuthentication = false;
  }

  /** Takes note of what the upstream's plugin said to the client. */
  note(pluginData: Buffer): void {
    const asked = pluginData.length === 1 && pluginData[0] === performFullAuthentication;
    if (this.plugin === AuthPlugin.cachingSha2Password && asked) this.fullAuthentication = true;
  }

  /** What goes upstream for the client's `answer`. */
  *answerForUpstream(answer: Buffer): Dialogue<Buffer> {
    const client = isTrusted(this.plugin, this.transports.client);
    const upstream = isTrusted(this.plugin, this.transports.upstream);
    if (client === upstream) return answer;
    if (client && sendsSecretInClear(this.plugin) && answer.length > 0) throw secretInClear();
    const request = this.publicKeyRequest();
    // The empty password is a lone NUL with and without TLS.
    if (request === null || answer.length === 0 || (answer.length === 1 && answer[0] === 0)) return answer;
    if (client) {
      this.held = Buffer.from(answer);
      answer.fill(0);
      return Buffer.of(request);
    }
    return yield* this.decrypted(answer, request);
  }

  /** The held password, encrypted with the upstream's key. */
  encryptedFor(publicKeyPem: Buffer): Buffer {
    const encrypted = this.held === null ? null : encryptPassword(this.held, this.scramble, publicKeyPem);
    this.drop();
    if (encrypted === null) throw upstreamMalformed("the RSA key that it sent for the password cannot be used");
    return encrypted;
  }

  private drop(): void {
    this.held?.fill(0);
    this.held = null;
  }

  /** The byte that asks for the RSA key, if the plugin is now at the point where the password itself is sent. */
  private publicKeyRequest(): number | null {
    if (this.plugin === AuthPlugin.sha256Password) return sha256PublicKeyRequest;
    if (this.plugin === AuthPlugin.cachingSha2Password && this.fullAuthentication) return cachingSha2PublicKeyRequest;
    return null;
  }

  private *decrypted(answer: Buffer, request: number): Dialogue<Buffer> {
    let encrypted = answer;
    if (answer.length === 1 && answer[0] === request) {
      yield* send("client", encodeAuthMoreData(this.key.publicKeyPem));
      encrypted = yield* receive("client");
    }
    const password = decryptPassword(encrypted, this.scramble, this.key.privateKey);
    if (password === null) throw notOurKey();
    return password;
  }
}

function notOurKey(): Refused {
  return refusal("sign-in-failed", {
    errno: 1045,
    sqlstate: "28000",
    message:
      "The client encrypted its password with an RSA key that is not the proxy's. Let the client ask for the key (get-server-public-key), or use TLS.",
  });
}

function secretInClear(): Refused {
  return refusal("sign-in-failed", {
    errno: 1045,
    sqlstate: "28000",
    message:
      "The client sent its secret in clear, trusting TLS, but this connection's upstream side has no TLS, so it was not sent on. Set TLS for the upstream to required.",
  });
}
