/** A workstation whose bundles leave nothing open: a person whose key the provider bound, a witness, a timestamp, and who trusts them. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { readCheckpoint } from "../../../proxy/evidence/device-log/checkpoint.ts";
import { keepWitnessed } from "../../../proxy/evidence/device-log/witnessed.ts";
import { identitySigner, type Signer } from "../../../proxy/evidence/signing/signer.ts";
import { IdentityKey } from "../../../proxy/identity/identity-key.ts";
import { keepSignIn, type SignInRecord } from "../../../proxy/identity/sign-in-record.ts";
import type { PersonActor } from "../../../proxy/model/actor.ts";
import { EvidenceWorkstation } from "./evidence-workstation.ts";
import { memoryDeviceKey } from "./memory-device-key.ts";
import { hasTimestampAuthority, TimestampAuthority } from "./timestamp-authority.ts";

export const issuer = "https://accounts.example";

/** A trust file's JSON. */
export interface TrustJson {
  readonly issuers: Readonly<Record<string, { readonly keys: readonly JWK[] }>>;
  readonly tsaRoots: readonly string[];
  readonly devices: readonly { readonly name: string; readonly jwk: object }[];
  readonly checkpoints: readonly string[];
}

/** Someone who is signed in, with what is kept of it. */
export interface Person {
  readonly actor: PersonActor;
  readonly key: IdentityKey;
  readonly signer: Signer;
  readonly signIn: string;
  readonly record: SignInRecord;
}

/** An identity provider that signs whatever it is asked to. */
export class SigningProvider {
  readonly #privateKey: CryptoKey;
  readonly jwks: { readonly keys: readonly JWK[] };

  private constructor(privateKey: CryptoKey, jwk: JWK) {
    this.#privateKey = privateKey;
    this.jwks = { keys: [jwk] };
  }

  static async create(): Promise<SigningProvider> {
    const { publicKey, privateKey } = await generateKeyPair("ES256");
    return new SigningProvider(privateKey, { ...(await exportJWK(publicKey)), kid: "k1", alg: "ES256", use: "sig" });
  }

  /** An ID token; times in seconds. */
  token(subject: string, nonce: string, issuedAt: number, until = issuedAt + 3600): Promise<string> {
    const token = new SignJWT({ nonce }).setProtectedHeader({ alg: "ES256", kid: "k1" }).setIssuer(issuer).setSubject(subject);
    return token.setAudience("stenograph").setIssuedAt(issuedAt).setExpirationTime(until).sign(this.#privateKey);
  }

  /** Signs a person in. `issuedAt` in seconds. */
  async person(name: string, signIn: string, issuedAt: number): Promise<Person> {
    const key = new IdentityKey();
    const subject = `${name}-subject`;
    const { clientInstance } = key;
    const evidence = { idToken: await this.token(subject, key.commitment, issuedAt), jwks: this.jwks };
    return {
      actor: { kind: "person", name, authenticated: true, issuer, subject, email: null, groups: [], via: "oidc", signIn },
      key,
      signer: identitySigner({ clientInstance, sign: (bytes) => key.sign(bytes) }),
      signIn,
      record: {
        ...{ format: "stenograph-sign-in", version: 1, id: signIn, at: issuedAt * 1_000_000, via: "oidc", issuer, subject },
        ...{ clientInstance, keyBound: true, evidence },
      },
    };
  }
}

export class ProvenWorld implements AsyncDisposable {
  readonly workstation: EvidenceWorkstation;
  readonly provider: SigningProvider;
  readonly dana: Person;
  readonly eve: Person;
  /** The sessions in the bundle: one of Dana's with rows, one of Dana's without. */
  readonly sessions: readonly string[];
  /** The bundle in which nothing is withheld. */
  readonly file: string;
  /** What leaves nothing of it open. */
  readonly trust: TrustJson;

  private constructor(made: Pick<ProvenWorld, "workstation" | "provider" | "dana" | "eve" | "sessions" | "file" | "trust">) {
    this.workstation = made.workstation;
    this.provider = made.provider;
    this.dana = made.dana;
    this.eve = made.eve;
    this.sessions = made.sessions;
    this.file = made.file;
    this.trust = made.trust;
  }

  static async create(dataDirectory: string): Promise<ProvenWorld> {
    // Stamped now, so it must have been before.
    const startedAt = (Math.floor(Date.now() / 1000) - 7200) * 1_000_000;
    const workstation = new EvidenceWorkstation(dataDirectory, memoryDeviceKey("disk"), startedAt);
    const provider = await SigningProvider.create();
    const dana = await provider.person("dana", "sign-in-of-dana", startedAt / 1_000_000 - 60);
    const eve = await provider.person("eve", "sign-in-of-eve", startedAt / 1_000_000 - 60);
    for (const { record } of [dana, eve]) await keepSignIn(dataDirectory, record);
    const first = await workstation.record(fillWithRows, { actor: dana.actor }, dana);
    const witnessed = workstation.log.checkpoint ?? "";
    const size = readCheckpoint(witnessed)?.size ?? 0;
    await keepWitnessed(dataDirectory, { at: startedAt, witness: "a file", size, note: witnessed });
    const second = await workstation.record((session, at) => session.query("DELETE FROM carts", at), { actor: dana.actor }, dana);
    const sessions = [first, second];
    const authority = hasTimestampAuthority ? await TimestampAuthority.start() : null;
    const identity = { signer: dana.signer, signIn: dana.signIn };
    const file = path.join(dataDirectory, "bundle.zip");
    try {
      await workstation.export(sessions, file, { exporter: dana.actor, timestampUrl: authority?.url ?? null }, { identity });
      const trust = {
        issuers: { [issuer]: provider.jwks },
        tsaRoots: authority === null ? [] : [authority.root.pem],
        devices: [{ name: "the workstation", jwk: workstation.key.publicKey }],
        checkpoints: [witnessed],
      };
      return new ProvenWorld({ workstation, provider, dana, eve, sessions, file, trust });
    } finally {
      await authority?.[Symbol.asyncDispose]();
    }
  }

  get bytes(): Buffer {
    return readFileSync(this.file);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.workstation[Symbol.asyncDispose]();
  }
}

type Fill = Parameters<EvidenceWorkstation["record"]>[0];

const fillWithRows: Fill = (session, at) => {
  const columns = [
    { name: "id", table: "orders" },
    { name: "card_number", table: "orders" },
    { name: "note", table: "orders" },
  ];
  const cells = [
    ["1", "4111111111111111", null],
    ["2", "5500005555555559", ""],
    ["3", "340000000000009", "<img src=x onerror=alert(1)>"],
  ];
  session.query("SELECT id, card_number, note FROM orders WHERE id < 4", at, { columns, cells });
  session.query("UPDATE orders SET note = '<img src=x onerror=alert(1)>' WHERE id = 3", at + 1000);
  session.query("SELECT nothing", at + 2000, { error: 1054, message: "Unknown column 'nothing'" });
};
