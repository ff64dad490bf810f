import { createServer } from "node:net";
import { beforeAll, describe, expect, it } from "vitest";
import type { AssertionFacts } from "../../../../support/saml/saml-messages.ts";
import { makeKey, SamlProvider } from "../../../../support/saml/saml-provider.ts";
import { type SeenSignIn, samlSignIn } from "../../../../support/saml/saml-sign-in.ts";

let provider: SamlProvider;

beforeAll(async () => {
  provider = await SamlProvider.make();
});

const answered = (over: Partial<AssertionFacts> = {}): Promise<SeenSignIn> =>
  samlSignIn({ provider, answers: (question) => [provider.answer(question, over)] });

describe("sign-in by SAML", () => {
  it("makes the person that the assertion is about the actor, with the roles of their groups", async () => {
    const { signIn, failure, log, pages } = await answered();
    expect(failure).toBeNull();
    expect(signIn).toMatchObject({
      actor: {
        kind: "person",
        name: "Anna Ärlig & Co",
        authenticated: true,
        issuer: "https://idp.example.test/metadata",
        subject: "anna@example.test",
        email: "anna@example.test",
        groups: ["dba", "staff"],
        via: "saml",
        signIn: signIn?.id,
      },
      roles: ["admin"],
      claims: {
        nameId: "anna@example.test",
        groups: ["dba", "staff"],
        authnContext: expect.stringContaining("PasswordProtectedTransport"),
      },
    });
    expect(log.map(({ kind }) => kind)).toEqual(["signed-in"]);
    expect(pages).toEqual([{ status: 200, text: expect.stringContaining("You are signed in as Anna Ärlig &amp; Co") }]);
  });

  it("does not claim that the assertion vouches for the identity key, and keeps the signed response for evidence", async () => {
    const { signIn, records } = await answered();
    expect(signIn?.keyBinding).toBeNull();
    expect(records).toEqual([
      expect.objectContaining({
        via: "saml",
        keyBound: false,
        evidence: {
          response: expect.any(String),
          certificate: provider.key.certificate,
          requestId: expect.stringMatching(/^_[\da-f]{40}$/),
          consumer: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/saml\/acs$/),
        },
      }),
    ]);
    const [{ evidence }] = records as [{ evidence: { response: string } }];
    expect(Buffer.from(evidence.response, "base64").toString()).toContain("SignatureValue");
  });

  it("asks by HTTP-Redirect for an answer by HTTP-POST at its own address, in its own name, and for another sign-in where that is needed", async () => {
    let request = "";
    const { signIn } = await samlSignIn({
      provider,
      fresh: true,
      answers: (question) => {
        request = question.xml;
        return [provider.answer(question)];
      },
    });
    expect(signIn).not.toBeNull();
    expect(request).toContain('ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"');
    expect(request).toContain(">urn:stenograph</saml:Issuer>");
    expect(request).toContain('ForceAuthn="true"');
  });

  it("takes a response that is signed besides its assertion", async () => {
    const answers = (question: Parameters<SamlProvider["answer"]>[0]) => [
      provider.sign(provider.response(question, provider.sign(provider.assertion(question)))),
    ];
    expect((await samlSignIn({ provider, answers })).signIn?.actor.subject).toBe("anna@example.test");
  });

  it("takes a response that begins with a byte order mark", async () => {
    const answers = (question: Parameters<SamlProvider["answer"]>[0]) => [`\uFEFF${provider.answer(question)}`];
    expect((await samlSignIn({ provider, answers })).signIn).not.toBeNull();
  });

  it("takes what either of two certificates signed, while the provider changes its key", async () => {
    const next = await makeKey();
    const settings = { idpCertificate: `${provider.key.certificate}\n${next.certificate}\n` };
    const seen = await samlSignIn({
      provider,
      settings,
      answers: (question) => [provider.response(question, provider.sign(provider.assertion(question), next))],
    });
    expect(seen.signIn).not.toBeNull();
  });

  it("ends when the session at the provider ends, and after twelve hours where it says nothing of it", async () => {
    const before = Date.now();
    const told = await answered({ sessionUntil: 900 });
    const untold = await answered({ sessionUntil: null });
    const minutes = (seen: SeenSignIn) => Math.floor(((seen.signIn?.until ?? 0) / 1000 - before) / 60_000);
    expect(minutes(told)).toBe(15);
    expect(minutes(untold)).toBe(720);
  });

  it("knows a person by their name at the provider where it says no more", async () => {
    const { signIn } = await answered({ attributes: {} });
    expect(signIn).toMatchObject({ actor: { name: "anna@example.test", email: null, groups: [] }, roles: [] });
    const named = await answered({ attributes: {}, nameIdFormat: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress" });
    expect(named.signIn?.actor.email).toBe("anna@example.test");
  });

  it("is told by the provider that the person was not signed in", async () => {
    const status =
      '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"/></samlp:StatusCode><samlp:StatusMessage>No &lt;b&gt;luck&lt;/b&gt;</samlp:StatusMessage>';
    const { failure, pages } = await samlSignIn({ provider, answers: (question) => [provider.response(question, "", { status })] });
    expect(failure).toMatchObject({ code: "sign-in-refused", message: expect.stringContaining("“AuthnFailed” (No <b>luck</b>)") });
    expect(pages[0]?.text).toContain("No &lt;b&gt;luck&lt;/b&gt;");
  });

  it("can be cancelled", async () => {
    const { failure, log } = await samlSignIn({ provider, answers: () => [] });
    expect(failure).toMatchObject({ code: "sign-in-cancelled" });
    expect(log).toEqual([expect.objectContaining({ kind: "sign-in-failed", code: "sign-in-cancelled" })]);
  });

  it("says that its port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    try {
      await new Promise((resolve) => other.once("listening", resolve));
      const address = other.address();
      const consumerPort = typeof address === "object" && address !== null ? address.port : 0;
      const { failure } = await samlSignIn({ provider, settings: { consumerPort }, answers: () => [] });
      expect(failure).toMatchObject({ code: "cannot-listen", message: expect.stringContaining(`port ${consumerPort}`) });
    } finally {
      other.close();
    }
  });
});

describe("settings of a SAML provider", () => {
  const refused = async (settings: Parameters<SamlProvider["settings"]>[0] & object) => {
    const { failure, log } = await samlSignIn({ provider, settings, answers: () => [] });
    expect(log).toEqual([expect.objectContaining({ kind: "sign-in-failed", code: "provider-refused" })]);
    return failure?.message;
  };

  it("do not send people anywhere without TLS", async () => {
    expect(await refused({ entryPoint: "http://idp.example.test/sso" })).toContain("must begin with https:");
  });

  it.each([
    ["", "no certificate in PEM format"],
    ["MIIC", "no certificate in PEM format"],
    ["-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n", "cannot be read"],
  ])("need a certificate, and “%s” is none", async (idpCertificate, problem) => {
    expect(await refused({ idpCertificate })).toContain(problem);
  });

  it("need a key that cannot be guessed", async () => {
    const { certificate } = await makeKey(1024);
    expect(await refused({ idpCertificate: certificate })).toContain("RSA of at least 2048 bits");
  });
});
