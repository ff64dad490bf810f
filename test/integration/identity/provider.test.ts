import { createServer } from "node:http";
import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import * as client from "openid-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type IdentityProvider, startIdentityProvider } from "../../../proxy/demo/identity-provider/identity-provider.ts";
import { ScriptedBrowser } from "../../../proxy/demo/identity-provider/scripted-browser.ts";

let provider: IdentityProvider;
let configuration: client.Configuration;
beforeEach(async () => {
  provider = await startIdentityProvider();
  configuration = await client.discovery(new URL(provider.issuer), provider.clientId, undefined, client.None(), {
    execute: [client.allowInsecureRequests],
  });
});
afterEach(() => provider.stop());

const scope = () => ["openid", ...provider.scopes].join(" ");
const [dana, ravi] = [0, 1].map((index) => () => provider.people[index]!) as [() => Person, () => Person];
type Person = IdentityProvider["people"][number];

/** An application's side of a sign-in: it listens where the provider redirects to. */
async function signIn(person: Person, browser = new ScriptedBrowser(), more: Record<string, string> = {}) {
  const server = createServer((_request, response) => response.end("arrived"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  try {
    const verifier = client.randomPKCECodeVerifier();
    const nonce = client.randomNonce();
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: `http://127.0.0.1:${port}/callback`,
      scope: scope(),
      prompt: "consent",
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      ...more,
    });
    const arrived = await browser.signIn(url.href, person);
    const callback = new URL(arrived.url);
    expect(callback.port).toBe(String(port));
    return await client.authorizationCodeGrant(configuration, callback, { pkceCodeVerifier: verifier, expectedNonce: nonce });
  } finally {
    server.close();
  }
}

describe("the demo's identity provider", () => {
  it("prints nothing", async () => {
    const said = (["info", "warn", "error", "log"] as const).map((name) => vi.spyOn(console, name));
    await signIn(dana());
    expect(said.flatMap((spy) => spy.mock.calls)).toEqual([]);
    for (const spy of said) spy.mockRestore();
  });

  it("signs a person in by the authorization code flow, with groups in the ID token", async () => {
    const tokens = await signIn(dana());
    expect(tokens.claims()).toMatchObject({
      iss: provider.issuer,
      aud: provider.clientId,
      sub: dana().subject,
      name: "Dana Beck",
      email: "dana.beck@example.com",
      groups: ["dba", "admins"],
      amr: ["pwd"],
      auth_time: expect.any(Number),
    });
    expect(tokens.refresh_token).toEqual(expect.any(String));
  });

  it("refuses a wrong password", async () => {
    await expect(signIn({ ...dana(), password: ravi().password })).rejects.toThrow("The user name or the password is wrong. Try again.");
  });

  it("signs another person in where one was signed in before, in the same browser", async () => {
    const browser = new ScriptedBrowser();
    await signIn(dana(), browser);
    const tokens = await signIn(ravi(), browser, { prompt: "login consent" });
    expect(tokens.claims()?.sub).toBe(ravi().subject);
  });

  it("refreshes until it has forgotten the person", async () => {
    const first = await signIn(dana());
    const second = await client.refreshTokenGrant(configuration, first.refresh_token!);
    expect(second.claims()).toMatchObject({ sub: dana().subject, groups: ["dba", "admins"] });
    provider.forget(ravi().subject);
    const third = await client.refreshTokenGrant(configuration, second.refresh_token!);
    provider.forget(dana().subject);
    await expect(client.refreshTokenGrant(configuration, third.refresh_token!)).rejects.toMatchObject({ error: "invalid_grant" });
  });

  it("signs a person in by the device flow", async () => {
    const device = await client.initiateDeviceAuthorization(configuration, { scope: scope() });
    const page = await new ScriptedBrowser().signIn(device.verification_uri_complete!, dana());
    expect(page.text).toContain("The device is signed in.");
    const tokens = await client.pollDeviceAuthorizationGrant(configuration, { ...device, interval: 0.05 });
    expect(tokens.claims()).toMatchObject({ sub: dana().subject, groups: ["dba", "admins"] });
  });

  it("gives access tokens for its audience that are JWTs with groups, to people and to its machine", async () => {
    const keys = createRemoteJWKSet(new URL(`${provider.issuer}/jwks`));
    const { access_token: ofPerson } = await signIn(dana(), new ScriptedBrowser(), { resource: provider.audience });
    const { payload } = await jwtVerify(ofPerson, keys, { issuer: provider.issuer, audience: provider.audience, typ: "at+jwt" });
    expect(payload).toMatchObject({ sub: dana().subject, groups: ["dba", "admins"], email: dana().email, client_id: provider.clientId });

    const { clientId, clientSecret } = provider.machine;
    const machine = await client.discovery(new URL(provider.issuer), clientId, clientSecret, undefined, {
      execute: [client.allowInsecureRequests],
    });
    const { access_token: ofMachine } = await client.clientCredentialsGrant(machine);
    const verified = await jwtVerify(ofMachine, keys, { issuer: provider.issuer, audience: provider.audience });
    expect(verified.payload).toMatchObject({ sub: clientId, groups: ["jobs"], client_id: clientId });
  });

  it("signs with a new key after a rotation, and goes on knowing whom it signed in", async () => {
    const kidOf = (jwt: string) => JSON.parse(Buffer.from(jwt.split(".")[0]!, "base64url").toString()).kid as string;
    const jwks = async () =>
      ((await (await fetch(`${provider.issuer}/jwks`)).json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
    const first = await signIn(dana());
    await provider.rotateKeys();
    const second = await client.refreshTokenGrant(configuration, first.refresh_token!);
    expect(decodeJwt(second.id_token!).sub).toBe(dana().subject);
    expect(kidOf(second.id_token!)).not.toBe(kidOf(first.id_token!));
    expect(await jwks()).toEqual([kidOf(second.id_token!), kidOf(first.id_token!)]);
    await provider.rotateKeys({ forget: true });
    expect(await jwks()).toHaveLength(1);
  });

  it("goes away and comes back at the same address with all that it knew", async () => {
    const tokens = await signIn(dana());
    await provider.goAway();
    await expect(fetch(`${provider.issuer}/jwks`)).rejects.toThrow();
    await provider.comeBack();
    expect((await client.refreshTokenGrant(configuration, tokens.refresh_token!)).claims()?.sub).toBe(dana().subject);
  });
});
