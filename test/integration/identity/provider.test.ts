import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import * as client from "openid-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type IdentityProvider, startIdentityProvider } from "../../../proxy/demo/identity-provider/identity-provider.ts";
import { ScriptedBrowser } from "../../../proxy/demo/identity-provider/scripted-browser.ts";
import { allScopes, discover, machineToken, signInAt } from "../../support/identity/application.ts";

let provider: IdentityProvider;
beforeEach(async () => {
  provider = await startIdentityProvider();
});
afterEach(() => provider.stop());

type Person = IdentityProvider["people"][number];

const dana = (): Person => provider.people[0]!;
const ravi = (): Person => provider.people[1]!;

describe("the demo's identity provider", () => {
  it("prints nothing, whatever it is asked for", async () => {
    const said = (["info", "warn", "error", "log"] as const).map((name) => vi.spyOn(console, name));
    const configuration = await discover(provider);
    const tokens = await signInAt(provider, dana(), { parameters: { resource: provider.audience } });
    await client.refreshTokenGrant(configuration, tokens.refresh_token!);
    await client.tokenRevocation(configuration, tokens.refresh_token!);
    await machineToken(provider);
    const device = await client.initiateDeviceAuthorization(configuration, { scope: "openid" });
    await new ScriptedBrowser().signIn(device.verification_uri_complete!, ravi());
    await new ScriptedBrowser().open(`${provider.issuer}/device`);
    await new ScriptedBrowser().open(client.buildEndSessionUrl(configuration, { id_token_hint: tokens.id_token! }).href);
    expect(await new ScriptedBrowser().open(`${provider.issuer}/auth`)).toMatchObject({ status: 400 });
    expect(said.flatMap((spy) => spy.mock.calls)).toEqual([]);
    for (const spy of said) spy.mockRestore();
  });

  it("signs a person in by the authorization code flow, with groups in the ID token", async () => {
    const tokens = await signInAt(provider, dana());
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
    await expect(signInAt(provider, { ...dana(), password: ravi().password })).rejects.toThrow(
      "The user name or the password is wrong. Try again.",
    );
  });

  it.each([
    ["sign-in", false],
    ["consent", true],
  ])("tells the application that the person cancelled at the %s page", async (_page, signedIn) => {
    const browser = new ScriptedBrowser();
    if (signedIn) await signInAt(provider, dana(), { browser });
    const url = client.buildAuthorizationUrl(await discover(provider), {
      redirect_uri: `${provider.issuer}/callback`,
      scope: "openid",
      code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
      code_challenge_method: "S256",
    });
    const page = await browser.open(url.href);
    expect(page.text).toContain(signedIn ? "You are signed in as <strong>Dana Beck</strong>" : "Sign in");
    const arrived = await browser.submit(page, { step: "cancel" });
    expect(new URL(arrived.url).searchParams.get("error")).toBe("access_denied");
  });

  it("tells of its people only where that is wished", async () => {
    await using hinting = await startIdentityProvider({ hint: true });
    const signInPage = async ({ issuer, clientId }: IdentityProvider) =>
      (
        await new ScriptedBrowser().open(
          `${issuer}/auth?${new URLSearchParams({
            client_id: clientId,
            response_type: "code",
            scope: "openid",
            code_challenge: "x".repeat(43),
            code_challenge_method: "S256",
          })}`,
        )
      ).text;
    expect(await signInPage(provider)).not.toContain(dana().user);
    expect(await signInPage(hinting)).toContain(hinting.people[0]!.password);
  });

  it("answers a form that is none of its own with a page that says so", async () => {
    const page = await new ScriptedBrowser().open(`${provider.issuer}/interaction/nothing`);
    expect(page).toMatchObject({ status: 400, text: expect.stringContaining("This sign-in has expired") });
  });

  it("signs another person in where one was signed in before, in the same browser", async () => {
    const browser = new ScriptedBrowser();
    await signInAt(provider, dana(), { browser });
    const tokens = await signInAt(provider, ravi(), { browser, parameters: { prompt: "login consent" } });
    expect(tokens.claims()?.sub).toBe(ravi().subject);
  });

  it("refreshes until it has forgotten the person", async () => {
    const configuration = await discover(provider);
    const first = await signInAt(provider, dana());
    const second = await client.refreshTokenGrant(configuration, first.refresh_token!);
    expect(second.claims()).toMatchObject({ sub: dana().subject, groups: ["dba", "admins"] });
    provider.forget(ravi().subject);
    const third = await client.refreshTokenGrant(configuration, second.refresh_token!);
    provider.forget(dana().subject);
    await expect(client.refreshTokenGrant(configuration, third.refresh_token!)).rejects.toMatchObject({ error: "invalid_grant" });
  });

  it("signs a person in by the device flow", async () => {
    const configuration = await discover(provider);
    const device = await client.initiateDeviceAuthorization(configuration, { scope: allScopes(provider) });
    const page = await new ScriptedBrowser().signIn(device.verification_uri_complete!, dana());
    expect(page.text).toContain("The device is signed in.");
    const tokens = await client.pollDeviceAuthorizationGrant(configuration, { ...device, interval: 0.05 });
    expect(tokens.claims()).toMatchObject({ sub: dana().subject, groups: ["dba", "admins"] });
  });

  it("gives access tokens for its audience that are JWTs with groups, to people and to its machine", async () => {
    const keys = createRemoteJWKSet(new URL(`${provider.issuer}/jwks`));
    const { access_token: ofPerson } = await signInAt(provider, dana(), { parameters: { resource: provider.audience } });
    const { payload } = await jwtVerify(ofPerson, keys, { issuer: provider.issuer, audience: provider.audience, typ: "at+jwt" });
    expect(payload).toMatchObject({ sub: dana().subject, groups: ["dba", "admins"], email: dana().email, client_id: provider.clientId });

    const verified = await jwtVerify(await machineToken(provider), keys, { issuer: provider.issuer, audience: provider.audience });
    expect(verified.payload).toMatchObject({ sub: provider.machine.clientId, groups: ["jobs"], client_id: provider.machine.clientId });
  });

  it("signs with a new key after a rotation, and goes on knowing whom it signed in", async () => {
    const configuration = await discover(provider);
    const kidOf = (jwt: string) => JSON.parse(Buffer.from(jwt.split(".")[0]!, "base64url").toString()).kid as string;
    const jwks = async () =>
      ((await (await fetch(`${provider.issuer}/jwks`)).json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
    const first = await signInAt(provider, dana());
    await provider.rotateKeys();
    const second = await client.refreshTokenGrant(configuration, first.refresh_token!);
    expect(decodeJwt(second.id_token!).sub).toBe(dana().subject);
    expect(kidOf(second.id_token!)).not.toBe(kidOf(first.id_token!));
    expect(await jwks()).toEqual([kidOf(second.id_token!), kidOf(first.id_token!)]);
    await provider.rotateKeys({ forget: true });
    expect(await jwks()).toHaveLength(1);
  });

  it("goes away and comes back at the same address with all that it knew", async () => {
    const configuration = await discover(provider);
    const tokens = await signInAt(provider, dana());
    await provider.goAway();
    await expect(fetch(`${provider.issuer}/jwks`)).rejects.toThrow();
    await provider.comeBack();
    expect((await client.refreshTokenGrant(configuration, tokens.refresh_token!)).claims()?.sub).toBe(dana().subject);
  });
});
