import { createHmac } from "node:crypto";
import { readdirSync } from "node:fs";
import { generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { signInsDirectory } from "../../../proxy/identity/sign-in-record.ts";
import { FailureError } from "../../../proxy/model/failure.ts";
import { json, type MisbehavingProvider, startMisbehavingProvider } from "../../support/identity/misbehaving-provider.ts";
import { type SignInsUnderTest, settingsOf, signInsWith } from "../../support/identity/sign-ins.ts";

let provider: MisbehavingProvider;
let under: SignInsUnderTest;

beforeEach(async () => {
  provider = await startMisbehavingProvider();
  under = signInsWith(settingsOf(provider));
});
afterEach(async () => {
  under[Symbol.dispose]();
  await provider[Symbol.asyncDispose]();
});

/** Begins a sign-in, and plays the person who comes back; `page`: what they see in the end. */
async function attempt(change?: (callback: URL) => URL) {
  const page = Promise.withResolvers<string>();
  const visit = async (url: string) => page.resolve(await (await provider.visit(url, change)).text());
  const failure = await under.signIns.begin({ open: (url) => void visit(url).catch(page.reject) }).then(
    () => null,
    (thrown: unknown) => thrown as FailureError,
  );
  return { failure, page: () => page.promise };
}

/** Expects that nobody was signed in, for a reason that is told, logged and shown. */
async function expectRefusal(code: string, sentence: string | RegExp, change?: (callback: URL) => URL) {
  const { failure, page } = await attempt(change);
  expect(failure).toBeInstanceOf(FailureError);
  expect(failure).toMatchObject({ code, message: expect.stringMatching(sentence) });
  expect(under.log).toEqual([{ kind: "sign-in-failed", actor: null, code, message: failure?.message }]);
  expect(() => readdirSync(signInsDirectory(under.dataDirectory))).toThrow("ENOENT");
  return { page };
}

it("signs in at the scripted provider as long as it behaves", async () => {
  expect((await attempt()).failure).toBeNull();
  expect(under.log).toMatchObject([{ kind: "signed-in", actor: { subject: "u-1" } }]);
});

describe("A sign-in is refused where the ID token", () => {
  const now = () => Math.floor(Date.now() / 1000);
  it.each<[string, (claims: JWTPayload) => JWTPayload, string]>([
    ["names another issuer", (claims) => ({ ...claims, iss: "https://evil.example" }), "names another issuer"],
    ["is for another audience", (claims) => ({ ...claims, aud: "other" }), "made for another program"],
    [
      "was made for another of its audiences",
      (claims) => ({ ...claims, aud: ["stenograph", "other"], azp: "other" }),
      "made for another program",
    ],
    [
      "has two audiences and does not say for whom",
      (claims) => ({ ...claims, aud: ["stenograph", "other"] }),
      "made for another program|malformed",
    ],
    ["is of another sign-in (another nonce)", (claims) => ({ ...claims, nonce: "replayed" }), "made for another sign-in"],
    ["has no nonce", ({ nonce: _, ...claims }) => claims, "malformed.*nonce"],
    ["has expired", (claims) => ({ ...claims, iat: now() - 700, exp: now() - 61 }), "has expired"],
    ["is not valid yet", (claims) => ({ ...claims, nbf: now() + 120 }), "not valid yet"],
    ["was issued in the future", (claims) => ({ ...claims, iat: now() + 120 }), "not valid yet"],
    ["does not expire", ({ exp: _, ...claims }) => claims, "malformed.*exp"],
    ["names nobody", ({ sub: _, ...claims }) => claims, "malformed.*sub"],
  ])("%s", async (_, claims, sentence) => {
    provider.claims = claims;
    const { page } = await expectRefusal("token-refused", sentence);
    expect(await page()).toContain("You are not signed in");
  });

  it("is signed by nobody (alg none)", async () => {
    provider.metadata = (metadata) => ({ ...metadata, id_token_signing_alg_values_supported: ["RS256", "none"] });
    provider.sign = async (claims) => `${part({ alg: "none" })}.${part(claims)}.`;
    await expectRefusal("token-refused", "not signed in a way that proves who made it");
  });

  it("is signed with the public key as a secret (HS256 for RS256)", async () => {
    provider.metadata = (metadata) => ({ ...metadata, id_token_signing_alg_values_supported: ["RS256", "HS256"] });
    provider.sign = async (claims) => {
      const text = `${part({ alg: "HS256", kid: "k1" })}.${part(claims)}`;
      return `${text}.${createHmac("sha256", JSON.stringify(provider.publicJwk)).update(text).digest("base64url")}`;
    };
    await expectRefusal("token-refused", "not signed in a way that proves who made it");
  });

  it("is signed with a key of somebody else under the provider's key id", async () => {
    const { privateKey } = await generateKeyPair("RS256");
    provider.sign = (claims) => new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "k1" }).sign(privateKey);
    await expectRefusal("token-refused", "signature of its ID token is wrong");
  });

  it("is signed with a key that the provider does not have", async () => {
    provider.sign = (claims) => provider.signed(claims, { kid: "k2" });
    await expectRefusal("token-refused", "a key that the provider does not have");
  });

  it("was changed after it was signed", async () => {
    provider.sign = async (claims) => {
      const [header, , signature] = (await provider.signed(claims)).split(".");
      return `${header}.${part({ ...claims, sub: "somebody-else" })}.${signature}`;
    };
    await expectRefusal("token-refused", "signature of its ID token is wrong");
  });

  it("is not there", async () => {
    provider.tokens = ({ id_token: _, ...answer }) => answer;
    await expectRefusal("token-refused", "ID token");
  });

  it("is not a token", async () => {
    provider.sign = async () => "nonsense";
    await expectRefusal("token-refused", "malformed");
  });
});

describe("A sign-in is refused where the provider", () => {
  it.each(["/.well-known/openid-configuration", "/token", "/jwks"])("fails itself at %s", async (path) => {
    provider.answers.set(path, (_request, response) => response.writeHead(500).end("<html>oops</html>"));
    await expectRefusal("provider-unreachable", /cannot answer now \(HTTP 500\)/);
  });

  it.each(["/.well-known/openid-configuration", "/token", "/jwks"])("sends more than 1 MiB at %s", async (path) => {
    let sent = 0;
    provider.answers.set(path, (_request, response) => {
      const chunk = Buffer.alloc(64 * 1024, 0x20);
      const more = (): void => {
        if (response.destroyed || sent > 64 * 1024 * 1024) return;
        sent += chunk.length;
        if (response.write(chunk)) setImmediate(more);
        else response.once("drain", more);
      };
      response.writeHead(200, { "content-type": "application/json" });
      more();
    });
    await expectRefusal("provider-refused", "more than 1048576 bytes");
    expect(sent).toBeLessThan(16 * 1024 * 1024);
  });

  it("names another issuer in its metadata", async () => {
    provider.metadata = (metadata) => ({ ...metadata, issuer: "https://evil.example" });
    await expectRefusal("provider-refused", "metadata name another issuer");
  });

  it("sends what is not JSON", async () => {
    provider.answers.set("/.well-known/openid-configuration", (_request, response) =>
      response.writeHead(200, { "content-type": "application/json" }).end("<html>"),
    );
    await expectRefusal("provider-refused", "cannot be used");
  });

  it("sends people to an address that others can read", async () => {
    provider.metadata = (metadata) => ({ ...metadata, token_endpoint: "http://provider.example/token" });
    await expectRefusal("provider-refused", "must begin with https:");
  });

  it("would have the person sign in where others can listen", async () => {
    provider.metadata = (metadata) => ({ ...metadata, authorization_endpoint: "http://provider.example/auth" });
    await expectRefusal("provider-refused", "the page where people sign in must begin with https:");
  });

  it("would have a page opened that is not one", async () => {
    provider.metadata = (metadata) => ({ ...metadata, authorization_endpoint: "file:///etc/passwd" });
    await expectRefusal("provider-refused", "http");
  });

  it("takes no code twice (replayed code)", async () => {
    provider.answers.set("/token", (_request, response) => json(response, { error: "invalid_grant" }, 400));
    await expectRefusal("sign-in-refused", "was used already");
  });

  it("says no, with whatever words", async () => {
    const { page } = await expectRefusal(
      "sign-in-refused",
      /cancelled or is not allowed \(<img src=x onerror=alert\(1\)>\\u001b\[2J\)/,
      (callback) => {
        callback.searchParams.delete("code");
        callback.searchParams.set("error", "access_denied");
        callback.searchParams.set("error_description", "<img src=x onerror=alert(1)>\u001b[2J");
        return callback;
      },
    );
    const text = await page();
    expect(text).toContain("&lt;img src=x onerror=alert(1)&gt;");
    expect(text).not.toContain("<img");
  });

  it.each(["access_denied", "Access denied.", "User cancelled the request."])("says no twice, and is told of once (%s)", async (words) => {
    const { page } = await expectRefusal(
      "sign-in-refused",
      /did not sign you in: the sign-in was cancelled or is not allowed\. Try/,
      (callback) => {
        callback.searchParams.delete("code");
        callback.searchParams.set("error", "access_denied");
        callback.searchParams.set("error_description", words);
        return callback;
      },
    );
    expect(await page()).not.toContain(words);
  });

  it("names another issuer in its answer", async () => {
    provider.metadata = (metadata) => ({ ...metadata, authorization_response_iss_parameter_supported: true });
    await expectRefusal("provider-refused", "another issuer|cannot be used", (callback) => {
      callback.searchParams.set("iss", "https://evil.example");
      return callback;
    });
  });

  it("cannot be reached", async () => {
    await provider[Symbol.asyncDispose]();
    await expectRefusal("provider-unreachable", "could not be reached");
    provider = await startMisbehavingProvider();
  });
});

describe("A renewal", () => {
  /** Tokens that are renewed at once, and how often the refresh token was used and revoked. */
  function renewable(): void {
    const soon = () => Math.floor(Date.now() / 1000) + 2;
    provider.claims = (claims) => ({ ...claims, exp: soon() });
    provider.tokens = (answer) => ({ ...answer, refresh_token: "rt-1" });
    provider.metadata = (metadata) => ({ ...metadata, revocation_endpoint: `${provider.issuer}/revoke` });
    provider.answers.set("/revoke", (_request, response) => response.writeHead(200).end());
  }
  const nextEnd = () => new Promise<string>((resolve) => void under.signIns.onEnd((_signIn, { message }) => resolve(message)));

  it.each<[string, (claims: JWTPayload) => JWTPayload, string]>([
    ["speaks of somebody else", (claims) => ({ ...claims, sub: "u-2" }), "speaks of somebody else"],
    ["names another issuer", (claims) => ({ ...claims, iss: "https://evil.example" }), "names another issuer"],
    ["has expired", (claims) => ({ ...claims, exp: 1000 }), "has expired"],
  ])("ends the sign-in where it %s", async (_, claims, sentence) => {
    renewable();
    expect((await attempt()).failure).toBeNull();
    const renewed = provider.claims;
    provider.claims = (usual) => claims(renewed(usual));
    expect(await nextEnd()).toContain(sentence);
    expect(under.log).toMatchObject([{ kind: "signed-in" }, { kind: "sign-in-ended", actor: { subject: "u-1" }, cause: "refused" }]);
  });

  it("is tried again where the provider fails itself", async () => {
    renewable();
    expect((await attempt()).failure).toBeNull();
    const [signedIn] = under.log;
    let failures = 0;
    provider.answers.set("/.well-known/openid-configuration", (_request, response) => {
      failures += 1;
      provider.answers.delete("/.well-known/openid-configuration");
      response.writeHead(503).end();
    });
    provider.claims = (claims) => ({ ...claims, name: "Eve the second" });
    const changed = await new Promise<string>((resolve) => void under.signIns.onChange(({ actor }) => resolve(actor.name)));
    expect([failures, changed]).toEqual([1, "Eve the second"]);
    expect(under.log).toEqual([signedIn]);
  });

  it("is over with a sign-out, which revokes the refresh token and takes no provider's word for it", async () => {
    renewable();
    expect((await attempt()).failure).toBeNull();
    provider.answers.set("/revoke", (_request, response) => response.writeHead(400).end());
    await under.signIns.signOut(under.log[0]?.actor?.signIn ?? "");
    expect(provider.asked.get("/revoke")).toBe(1);
    expect(under.log.at(-1)).toMatchObject({ kind: "sign-in-ended", cause: "signed-out" });
  });
});

describe("A sign-in that has to be fresh", () => {
  it.each([
    ["is an old one", { auth_time: 1000 }],
    ["does not say when it was", {}],
  ])("is refused where it %s", async (_, claims) => {
    provider.claims = (usual) => ({ ...usual, ...claims });
    const begun = under.signIns.begin({ open: (url) => void provider.visit(url), fresh: true });
    await expect(begun).rejects.toMatchObject({ code: "token-refused", message: expect.stringContaining("did not sign in again") });
  });
});

describe("An issuer that is asked over plain http", () => {
  it("is refused, unless it is on this machine", async () => {
    under.settings = settingsOf({ issuer: "http://provider.example", clientId: "stenograph" });
    await expectRefusal("provider-refused", "must begin with https:");
  });
});

describe("An answer with another state", () => {
  const spoil = (callback: URL): URL => {
    callback.searchParams.set("state", "forged");
    return callback;
  };

  it("is turned away and logged, and the right one is still taken", async () => {
    const visits = async (url: string) => {
      const forged = await provider.visit(url, spoil);
      expect(forged.status).toBe(400);
      expect(await forged.text()).toContain("does not belong to this sign-in");
      await provider.visit(url);
    };
    await under.signIns.begin({ open: (url) => void visits(url) });
    expect(under.log).toMatchObject([
      { kind: "sign-in-answer-refused", message: expect.stringContaining("its state is another one") },
      { kind: "signed-in" },
    ]);
  });

  it("ends the sign-in where it comes over and over", async () => {
    const visits = async (url: string) => {
      for (let times = 0; times < 10; times += 1) await provider.visit(url, spoil);
    };
    await expect(under.signIns.begin({ open: (url) => void visits(url).catch(() => undefined) })).rejects.toMatchObject({
      code: "sign-in-refused",
    });
    expect(under.log.map(({ kind }) => kind)).toEqual([...Array<string>(10).fill("sign-in-answer-refused"), "sign-in-failed"]);
  });
});

describe("A sign-in under way", () => {
  it("is cancelled by its person", async () => {
    const controller = new AbortController();
    const begun = under.signIns.begin({ open: () => controller.abort(), signal: controller.signal });
    await expect(begun).rejects.toMatchObject({ code: "sign-in-cancelled" });
    expect(under.log).toMatchObject([{ kind: "sign-in-failed", code: "sign-in-cancelled" }]);
  });

  it("is given up where the provider does not answer within 10 s", async () => {
    const real = AbortSignal.timeout.bind(AbortSignal);
    const over = AbortSignal.abort(new DOMException("too late", "TimeoutError"));
    vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => (ms === 10_000 ? over : real(ms)));
    try {
      provider.answers.set("/.well-known/openid-configuration", () => undefined);
      await expectRefusal("provider-unreachable", "did not answer in full within 10 s");
    } finally {
      vi.restoreAllMocks();
    }
  });

  it("lets nobody in where the settings were changed meanwhile", async () => {
    const visits = async (url: string) => {
      under.settings = settingsOf({ issuer: "https://other.example", clientId: "stenograph" });
      await provider.visit(url);
    };
    await expect(under.signIns.begin({ open: (url) => void visits(url) })).rejects.toMatchObject({ code: "sign-in-cancelled" });
  });
});

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
