import { spawnSync } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JWK } from "jose";
import { createConnection } from "mysql2/promise";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { composeRecorder, type RunningRecorder } from "../../../proxy/compose.ts";
import { composeIdentity, type RunningIdentity } from "../../../proxy/compose-identity.ts";
import { identitySettingsFor } from "../../../proxy/demo/demo-identity.ts";
import { type IdentityProvider, startIdentityProvider } from "../../../proxy/demo/identity-provider/identity-provider.ts";
import { ScriptedBrowser } from "../../../proxy/demo/identity-provider/scripted-browser.ts";
import { exportBundle } from "../../../proxy/evidence/bundle/export-bundle.ts";
import { RecordingSource } from "../../../proxy/evidence/bundle/recording-source.ts";
import { findSealed } from "../../../proxy/evidence/bundle/sealed-sessions.ts";
import type { Entry } from "../../../proxy/evidence/device-log/entry.ts";
import { readLogExcerpt } from "../../../proxy/evidence/device-log/log-excerpt.ts";
import { openingBytes } from "../../../proxy/evidence/device-log/opening.ts";
import { openSaltKey } from "../../../proxy/evidence/events/salt-key.ts";
import { sealStatementBytes } from "../../../proxy/evidence/seal/seal-statement.ts";
import { pae } from "../../../proxy/evidence/signing/dsse.ts";
import { inTotoPayloadType } from "../../../proxy/evidence/signing/in-toto.ts";
import { keyIdOf, type PublicJwk, verifySignature } from "../../../proxy/evidence/signing/public-key.ts";
import type { Verdict } from "../../../proxy/evidence/verify/verify-bundle.ts";
import type { SignIn } from "../../../proxy/identity/sign-in.ts";
import { type SignInRecord, signInRecordPath } from "../../../proxy/identity/sign-in-record.ts";
import type { SignedSeal } from "../../../proxy/recording/frame.ts";
import { connectionOf } from "../../support/api/connection-of.ts";
import { Verifier } from "../../support/evidence/verdict-on.ts";
import { writeIdentityJson } from "../../support/identity/identity-json.ts";
import { recordedSessions } from "../../support/recorded.ts";
import { available, type ServerAddress } from "../../support/servers.ts";
import { temporaryDirectory } from "../../support/stenograph.ts";

const workers = {
  relay: new URL("../../../proxy/relay-thread.ts", import.meta.url),
  library: new URL("../../../proxy/library-thread.ts", import.meta.url),
};

let directory: ReturnType<typeof temporaryDirectory>;
let provider: IdentityProvider;
let identity: RunningIdentity;
let recorder: RunningRecorder;

beforeEach(async () => {
  directory = temporaryDirectory();
  provider = await startIdentityProvider();
  writeIdentityJson(directory.path, identitySettingsFor(provider));
  identity = await composeIdentity(directory.path, () => undefined);
  recorder = await composeRecorder({ dataDirectory: directory.path, workers, identity });
  // A busy machine may take longer than people are to wait.
  identity.signIns.keys.keepUntil((signIn) => recorder.evidence.settled(signIn), 50_000);
});

afterEach(async () => {
  await recorder.close();
  identity.close();
  await provider.stop();
  directory[Symbol.dispose]();
});

const openssl = spawnSync("openssl", ["version"]).status === 0;
if (!openssl) process.stderr.write("Not tested: signatures checked by openssl, because it is not installed.\n");

async function entriesOf(session: string): Promise<Entry[]> {
  const { entries } = await readLogExcerpt(directory.path, (entry) => "session" in entry && entry.session === session);
  return entries.map(({ leaf }) => JSON.parse(leaf) as Entry);
}

/** A session of somebody who is signed in, with one statement, still open. */
async function openSession(server: ServerAddress): Promise<{ readonly signIn: SignIn; readonly ended: Promise<void> }> {
  const person = provider.people[0];
  if (person === undefined) throw new Error("the provider has no people");
  const signIn = await identity.signIns.begin({ open: (url) => void new ScriptedBrowser().signIn(url, person) });
  const connection = connectionOf({
    id: "shop",
    auth: "mapped",
    identity: "sign-in",
    listen: { host: "127.0.0.1", port: 0 },
    upstream: { host: "127.0.0.1", port: server.port },
    upstreamUser: server.app.user,
    clientUser: null,
  });
  const { credential, password } = identity.credentials.mint(signIn, "shop");
  const state = await recorder.relay.start(connection, {
    upstreamPassword: server.app.password,
    upstreamPassword2: null,
    upstreamPassword3: null,
    clientPassword: null,
  });
  if (state.state !== "listening") throw new Error(`it does not listen: ${JSON.stringify(state)}`);
  const client = await createConnection({ host: "127.0.0.1", port: state.port, user: credential.user, password });
  const ended = new Promise<void>((resolve) => client.on("error", () => resolve()));
  await client.query("SELECT 'said while signed in' AS it");
  return { signIn, ended };
}

/** The only session, once it is sealed. */
async function sealedSession(): Promise<{ readonly id: string; readonly seal: SignedSeal }> {
  await expect.poll(() => recordedSessions(directory.path)[0]?.seal, { timeout: 50_000 }).not.toBeNull();
  const [session] = recordedSessions(directory.path);
  if (session?.open == null || session.seal?.version !== 2) throw new Error("there is no signed seal");
  return { id: session.open.session, seal: session.seal };
}

/** What somebody is told of a bundle of the session who trusts the provider's keys, which they got from it, and the device's. */
async function auditorsVerdict(session: string): Promise<Verdict> {
  const found = findSealed(directory.path, session);
  if (found.kind !== "sealed") throw new Error("it is not sealed");
  const { key, log } = recorder.evidence;
  const out = join(directory.path, "bundle.zip");
  const exporter = { kind: "os-user", name: "auditor", authenticated: false } as const;
  await exportBundle(
    {
      ...{ sources: [new RecordingSource(found.sealed, openSaltKey(directory.path))], out, exporter },
      ...{ rules: [], reason: null, recipients: [], timestampUrl: null },
    },
    {
      ...{ dataDirectory: directory.path, device: key, identity: null, enter: (body) => log.enter(body), now: () => Date.now() * 1000 },
      signInRecordPath: (signIn) => signInRecordPath(directory.path, signIn),
    },
  );
  const metadata = (await (await fetch(`${provider.issuer}/.well-known/openid-configuration`)).json()) as { readonly jwks_uri: string };
  const jwks = (await (await fetch(metadata.jwks_uri)).json()) as { readonly keys: readonly JWK[] };
  const devices = [{ name: "the workstation", jwk: key.publicKey }];
  using verifier = new Verifier({ issuers: { [provider.issuer]: jwks }, devices, tsaRoots: [], checkpoints: [] });
  return await verifier.verdict(readFileSync(out));
}

function recordedSignIn(id: string): SignInRecord {
  return JSON.parse(readFileSync(signInRecordPath(directory.path, id), "utf8")) as SignInRecord;
}

/** Whether openssl finds a signature right. */
function opensslVerifies(jwk: PublicJwk, bytes: Buffer, signature: Buffer): boolean {
  const at = (name: string): string => join(directory.path, name);
  writeFileSync(at("key.pem"), createPublicKey({ key: { ...jwk }, format: "jwk" }).export({ format: "pem", type: "spki" }));
  writeFileSync(at("signed"), bytes);
  writeFileSync(at("signature"), signature);
  const files = ["-in", at("signed"), "-sigfile", at("signature")];
  const args =
    jwk.kty === "OKP"
      ? ["pkeyutl", "-verify", "-pubin", "-inkey", at("key.pem"), "-rawin", ...files]
      : ["dgst", "-sha256", "-verify", at("key.pem"), "-signature", at("signature"), at("signed")];
  return spawnSync("openssl", args).status === 0;
}

describe.each(available(inject("servers")).slice(0, 1))("a session of somebody who is signed in, at $kind", (server) => {
  it("that ends with their sign-out is sealed with their key first, which is gone then", async () => {
    const { signIn, ended } = await openSession(server);
    expect(identity.signIns.keys.of(signIn.id)).not.toBeNull();
    await identity.signIns.signOut(signIn.id);
    await ended;
    const { id, seal } = await sealedSession();
    await expect.poll(() => identity.signIns.keys.of(signIn.id), { timeout: 50_000 }).toBeNull();
    expect(() => signIn.sign(Buffer.from("more"))).toThrow("The sign-in has ended");

    const { jwk } = recordedSignIn(signIn.id).clientInstance;
    const signed = pae(inTotoPayloadType, sealStatementBytes(id, seal));
    const [byDevice, byIdentity] = seal.signatures.map((one) => ({ ...one, bytes: Buffer.from(one.sig, "base64") }));
    const device = recorder.evidence.key;
    expect(byDevice).toMatchObject({ by: "device", keyId: device.keyId, algorithm: "Ed25519" });
    expect(byIdentity).toMatchObject({ by: "identity", keyId: keyIdOf(jwk), algorithm: "ES256", signIn: signIn.id });
    expect(verifySignature(device.publicKey, signed, byDevice!.bytes)).toBe(true);
    expect(verifySignature(jwk, signed, byIdentity!.bytes)).toBe(true);
    if (openssl) {
      expect(opensslVerifies(device.publicKey, signed, byDevice!.bytes)).toBe(true);
      expect(opensslVerifies(jwk, signed, byIdentity!.bytes)).toBe(true);
      expect(opensslVerifies(device.publicKey, Buffer.concat([signed, Buffer.from(" ")]), byDevice!.bytes)).toBe(false);
      expect(opensslVerifies(jwk, Buffer.concat([signed, Buffer.from(" ")]), byIdentity!.bytes)).toBe(false);
    }

    await expect.poll(async () => (await entriesOf(id)).map(({ kind }) => kind), { timeout: 50_000 }).toEqual(["session-open", "seal"]);
    const [opening, sealing] = await entriesOf(id);
    expect(sealing).toMatchObject({ root: seal.root, events: seal.events, sha256: seal.sha256, signatures: seal.signatures });
    if (opening?.kind !== "session-open") throw new Error("the opening was not entered");
    const { actor } = signIn;
    expect(opening).toMatchObject({ connection: "Shop", actor: { kind: "person", issuer: actor.issuer, subject: actor.subject } });
    const sig = Buffer.from(opening.identity?.sig ?? "", "base64");
    expect(verifySignature(jwk, pae(inTotoPayloadType, openingBytes(opening)), sig)).toBe(true);

    const verdict = await auditorsVerdict(id);
    if (verdict.verdict === "INVALID") throw new Error(verdict.message);
    // Secrets are kept for this run only here; nothing else is open but what was not asked for.
    expect(verdict.limits.map(({ code }) => code).sort()).toEqual(["W_KEY_THIS_RUN", "W_NO_TSA", "W_NO_WITNESS"]);
    expect(verdict.facts.sessions).toMatchObject([{ session: id, actor, signers: { signIn: signIn.id }, hasRecording: true }]);
  });

  it("that goes on after their sign-out is sealed by the device alone", async () => {
    await identity.settings.change((value) => ({ value: { ...value, endOpenSessions: { kind: "never" } }, result: null }));
    const { signIn, ended } = await openSession(server);
    await identity.signIns.signOut(signIn.id);
    expect(identity.signIns.keys.of(signIn.id)).toBeNull();
    await recorder.relay.stop("shop");
    await ended;
    const { seal } = await sealedSession();
    expect(seal.signatures.map(({ by }) => by)).toEqual(["device"]);
  });
});
