import { createHmac } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { makeKey, SamlProvider, type SignInQuestion, type SigningKey, sha256 } from "../../../../support/saml/saml-provider.ts";
import { type SeenSignIn, samlSignIn } from "../../../../support/saml/saml-sign-in.ts";
import { wrappings } from "../../../../support/saml/signature-wrapping.ts";

let provider: SamlProvider;
let stranger: SigningKey;

beforeAll(async () => {
  provider = await SamlProvider.make();
  stranger = await makeKey();
});

type Forged = (question: SignInQuestion) => string;

/** What came of one forged answer: nobody is signed in, the person and the log are told why. */
async function refusalOf(forged: Forged, fresh = false): Promise<string> {
  const seen = await samlSignIn({ provider, fresh, answers: (question) => [forged(question)] });
  expect(seen.signIn).toBeNull();
  expect(seen.records).toEqual([]);
  expect(seen.failure?.code).toBe("assertion-refused");
  const message = seen.failure?.message ?? "";
  expect(message).toMatch(/^What https:\/\/idp\.example\.test\/metadata said .* Nobody was signed in\. .*\.$/);
  expect(seen.log).toEqual([{ kind: "sign-in-failed", actor: null, code: "assertion-refused", message }]);
  expect(seen.pages).toEqual([{ status: 200, text: expect.stringContaining("You are not signed in") }]);
  return message;
}

/** What came of one answer that cannot belong to the sign-in: it is turned away, and the sign-in waits on. */
async function turnedAway(forged: Forged): Promise<string> {
  const seen: SeenSignIn = await samlSignIn({ provider, answers: (question) => [forged(question), provider.answer(question)] });
  expect(seen.pages.map(({ status }) => status)).toEqual([400, 200]);
  expect(seen.signIn?.actor.subject).toBe("anna@example.test");
  const [refused, ...others] = seen.log;
  expect(others.map(({ kind }) => kind)).toEqual(["signed-in"]);
  expect(refused).toMatchObject({ kind: "sign-in-answer-refused", actor: null });
  return refused?.kind === "sign-in-answer-refused" ? refused.message : "";
}

describe("signatures of a SAML response", () => {
  it("are needed", async () => {
    expect(await refusalOf((question) => provider.response(question, provider.assertion(question)))).toContain(
      "its assertion is not signed",
    );
  });

  it("are needed of the assertion, and not of the response only", async () => {
    const forged: Forged = (question) => provider.sign(provider.response(question, provider.assertion(question)));
    expect(await refusalOf(forged)).toContain("only the response is signed");
  });

  it("count only with the provider's own key, whatever certificate comes with them", async () => {
    const forged: Forged = (question) => provider.response(question, provider.sign(provider.assertion(question), stranger));
    expect(await refusalOf(forged)).toContain("its signature is wrong, or was made with another key");
  });

  it("have to be right in the response too where it has one", async () => {
    const forged: Forged = (question) => provider.sign(provider.answer(question), stranger);
    expect(await refusalOf(forged)).toContain("its signature is wrong, or was made with another key");
  });

  it("have to be right in the assertion too where the response has a right one", async () => {
    const forged: Forged = (question) => provider.sign(provider.response(question, provider.sign(provider.assertion(question), stranger)));
    expect(await refusalOf(forged)).toContain("its signature is wrong, or was made with another key");
  });

  it("stand in what they sign, and nowhere else", async () => {
    const forged: Forged = (question) => {
      const answer = provider.answer(question);
      const signature = /<Signature [\s\S]*<\/Signature>/.exec(answer)?.[0] ?? "";
      return answer.replace("<samlp:Status>", `<samlp:Extensions>${signature}</samlp:Extensions><samlp:Status>`);
    };
    expect(await refusalOf(forged)).toContain("signatures where none belongs");
  });

  it.each([
    ["the person", "anna@example.test</saml:NameID>", "eve@example.test</saml:NameID>"],
    ["a group", ">staff<", ">admin<"],
    ["a time", "SessionIndex", "SessionIndexx"],
  ])("do not fit any more when %s was changed", async (_what, from, to) => {
    const forged: Forged = (question) => {
      const answer = provider.answer(question);
      expect(answer).toContain(from);
      return answer.replace(from, to);
    };
    expect(await refusalOf(forged)).toContain("its signature is wrong");
  });

  it.each([
    ["RSA with SHA-1", { ...sha256, signature: "http://www.w3.org/2000/09/xmldsig#rsa-sha1" }],
    ["digests by SHA-1", { ...sha256, digest: "http://www.w3.org/2000/09/xmldsig#sha1" }],
  ])("do not count with %s", async (_name, algorithms) => {
    const forged: Forged = (question) => provider.response(question, provider.sign(provider.assertion(question), provider.key, algorithms));
    expect(await refusalOf(forged)).toContain("signed in a way that does not prove enough");
  });

  it("do not count as HMAC with the certificate, which everybody knows, as its key", async () => {
    const hmac = "http://www.w3.org/2000/09/xmldsig#hmac-sha1";
    const forged: Forged = (question) => {
      const answer = provider.answer(question).replaceAll(sha256.signature, hmac);
      const signedInfo = /<SignedInfo[\s\S]*<\/SignedInfo>/.exec(answer)?.[0] ?? "";
      const value = createHmac("sha1", provider.key.certificate).update(signedInfo).digest("base64");
      return answer.replace(/<SignatureValue>[^<]*</, `<SignatureValue>${value}<`);
    };
    expect(await refusalOf(forged)).toContain("hmac-sha1");
  });

  it.each([
    ["a transform that changes what is signed", "http://www.w3.org/TR/1999/REC-xslt-19991116"],
    ["comments left in what is signed", "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"],
  ])("do not count with %s", async (_name, algorithm) => {
    const forged: Forged = (question) =>
      provider
        .answer(question)
        .replace('<Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"', `<Transform Algorithm="${algorithm}"`);
    expect(await refusalOf(forged)).toContain("does not prove enough");
  });

  it("are refused where they are about something else, or about two things", async () => {
    const elsewhere: Forged = (question) => provider.answer(question).replace(/URI="#[^"]*"/, 'URI=""');
    expect(await refusalOf(elsewhere)).toContain("about something else than the element that it stands in");
    const twice: Forged = (question) => provider.answer(question).replace(/<Reference [\s\S]*<\/Reference>/, (whole) => whole + whole);
    expect(await refusalOf(twice)).toContain("about something else than the element that it stands in");
  });
});

describe("signature wrapping", () => {
  it.each(Object.entries(wrappings))("is seen through: %s", async (_name, wrap) => {
    const message = await refusalOf((question) => {
      const evil = provider.assertion(question, { id: "_evil", nameId: "eve@example.test", attributes: { groups: ["dba"] } });
      const response = provider.answer(question);
      return wrap({ signedResponse: provider.sign(response), response, evil });
    });
    expect(message).toMatch(/as if (one|something else) were to pass/);
  });

  it("is seen through with the same id too", async () => {
    const forged: Forged = (question) => {
      const response = provider.answer(question);
      const id = /<saml:Assertion [^>]*ID="([^"]*)"/.exec(response)?.[1] ?? "";
      return response.replace("</samlp:Response>", `<other ID="${id}"/></samlp:Response>`);
    };
    expect(await refusalOf(forged)).toContain("the same id");
  });

  it("is seen through where the other assertion is in another namespace", async () => {
    const forged: Forged = (question) =>
      provider.answer(question).replace("<samlp:Status>", '<x:Assertion xmlns:x="urn:x" ID="_x"/><samlp:Status>');
    expect(await refusalOf(forged)).toContain("more than one assertion");
  });
});

describe("what a SAML assertion has to say", () => {
  it.each([
    ["for another program", { audience: "urn:other" }, "made for another program"],
    ["to be brought elsewhere", { recipient: "http://127.0.0.1:1/saml/acs" }, "may be brought to another address only"],
    ["by another issuer", { issuer: "https://other.example.test" }, "comes from another issuer, “https://other.example.test”"],
    ["in answer to another request", { inResponseTo: "_other" }, "answers another sign-in"],
    ["that has expired", { notOnOrAfter: -120 }, "has expired"],
    ["that is not valid yet", { notBefore: 120 }, "not valid yet"],
    ["that was made in the future", { issuedAt: 120 }, "not valid yet"],
    ["that was made before the request", { issuedAt: -3600 }, "made before this sign-in began"],
    ["of a session that is over", { sessionUntil: -1 }, "session there has ended"],
    ["that names nobody", { nameId: " " }, "does not name the person"],
    ["by a name for once", { nameIdFormat: "urn:oasis:names:tc:SAML:2.0:nameid-format:transient" }, "by another name each time"],
  ])("does not sign anybody in with one %s", async (_name, over, reason) => {
    expect(await refusalOf((question) => provider.answer(question, over))).toContain(reason);
  });

  it("has clocks that are a little apart forgiven", async () => {
    const answers = (question: SignInQuestion) => [provider.answer(question, { issuedAt: 30, notBefore: 30, authenticatedAt: 30 })];
    expect((await samlSignIn({ provider, answers })).signIn).not.toBeNull();
  });

  it("is that the person signed in again, where they had to", async () => {
    const forged: Forged = (question) => provider.answer(question, { authenticatedAt: -3600 });
    expect(await refusalOf(forged, true)).toContain("did not sign in again");
  });

  it.each([
    ["its audience", /<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/],
    ["its conditions", /<saml:Conditions [\s\S]*<\/saml:Conditions>/],
    ["its subject", /<saml:Subject>[\s\S]*<\/saml:Subject>/],
    ["who may bring it", /<saml:SubjectConfirmation [\s\S]*<\/saml:SubjectConfirmation>/],
    ["where it may be brought", / Recipient="[^"]*"/],
    ["what it answers", / InResponseTo="[^"]*"/],
    ["until when it may be brought", /(?<=<saml:SubjectConfirmationData) NotOnOrAfter="[^"]*"/],
    ["when the person signed in", /<saml:AuthnStatement [\s\S]*<\/saml:AuthnStatement>/],
    ["its issuer", /(?<=<saml:Issuer>)[^<]*/],
  ])("is all there: nobody is signed in where it leaves out %s", async (_name, part) => {
    await refusalOf((question) => {
      const whole = provider.assertion(question);
      expect(whole).toMatch(part);
      return provider.response(question, provider.sign(whole.replace(part, "")));
    });
  });

  it("has no condition that is not understood", async () => {
    const forged: Forged = (question) =>
      provider.response(
        question,
        provider.sign(provider.assertion(question).replace("</saml:Conditions>", "<saml:Condition/></saml:Conditions>")),
      );
    expect(await refusalOf(forged)).toContain("a condition that is not known here, Condition");
  });

  it("is not encrypted", async () => {
    const forged: Forged = (question) =>
      provider.response(question, '<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/>');
    expect(await refusalOf(forged)).toContain("encrypted, which is not supported");
  });

  it("comes in a response of the same issuer, for the same address", async () => {
    const from =
      (over: { issuer?: string; destination?: string }): Forged =>
      (question) =>
        provider.response(question, provider.sign(provider.assertion(question)), over);
    expect(await refusalOf(from({ issuer: "https://other.example.test" }))).toContain("another issuer");
    expect(await refusalOf(from({ destination: "http://127.0.0.1:1/saml/acs" }))).toContain("meant for another address");
  });
});

describe("a replayed SAML response", () => {
  it("is turned away by the next sign-in", async () => {
    let first = "";
    await samlSignIn({
      provider,
      answers: (question) => {
        first = provider.answer(question);
        return [first];
      },
    });
    expect(await turnedAway(() => first)).toContain("it answers another request");
  });

  it("does not get in when only the response around it is new", async () => {
    let old = "";
    await samlSignIn({
      provider,
      answers: (question) => {
        old = provider.sign(provider.assertion(question));
        return [provider.response(question, old)];
      },
    });
    expect(await refusalOf((question) => provider.response(question, old))).toMatch(/answers another sign-in|brought to another address/);
  });

  it("is not taken twice: the first ends the sign-in", async () => {
    const twice = samlSignIn({
      provider,
      answers: (question) => {
        const answer = provider.answer(question);
        return [answer, answer];
      },
    });
    await expect(twice).rejects.toThrow("fetch failed");
  });

  it("ends a sign-in that is flooded with answers to others", async () => {
    const seen = await samlSignIn({ provider, answers: (question) => Array(10).fill(provider.answer({ ...question, id: "_other" })) });
    expect(seen.failure).toMatchObject({ code: "sign-in-refused", message: expect.stringContaining("too many answers") });
    expect(seen.log.map(({ kind }) => kind)).toEqual([...Array(10).fill("sign-in-answer-refused"), "sign-in-failed"]);
  });
});

describe("XML that is meant to mislead or to exhaust", () => {
  const nested = (question: SignInQuestion, content: string) => provider.response(question, content);

  it("cannot cut the person's name with a comment, though the signature still fits", async () => {
    const forged: Forged = (question) => {
      const answer = provider.answer(question, { nameId: "anna@example.test.evil.test" });
      return answer.replace("anna@example.test.evil.test", "anna@example.test<!---->.evil.test");
    };
    expect(await turnedAway(forged)).toContain("has a comment in it, which can hide what is signed");
  });

  it.each<readonly [string, Forged, string]>([
    [
      "entities that grow (billion laughs)",
      (question) =>
        provider
          .answer(question)
          .replace(
            "?>",
            '?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>',
          ),
      "document type, entities or CDATA",
    ],
    [
      "a file of this machine as an entity",
      (question) => provider.answer(question).replace("?>", '?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
      "document type, entities or CDATA",
    ],
    ["an entity that is declared nowhere", (question) => provider.answer(question).replace("staff", "&x;"), "refers to an entity"],
    ["CDATA", (question) => provider.answer(question).replace("staff", "<![CDATA[staff]]>"), "document type, entities or CDATA"],
    ["a processing instruction", (question) => provider.answer(question).replace("staff", "<?x y?>"), "processing instruction"],
    ["very deep nesting", (question) => nested(question, `${"<a>".repeat(20_000)}${"</a>".repeat(20_000)}`), "nested more deeply"],
    ["very many elements", (question) => nested(question, "<a/>".repeat(20_000)), "more elements"],
    ["very much text", (question) => nested(question, `<a>${"x".repeat(300_000)}</a>`), "is larger than"],
    ["another encoding", (question) => provider.answer(question).replace('"UTF-8"', '"UTF-7"'), "another encoding"],
    ["half a response", (question) => provider.answer(question).slice(0, 2000), "has to be|is not well-formed|is cut off"],
    ["nothing", () => "", "is not base64|is cut off"],
  ])("is turned away: %s", async (_name, forged, reason) => {
    expect(await turnedAway(forged)).toMatch(new RegExp(reason));
  });
});
