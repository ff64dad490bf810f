import { randomBytes } from "node:crypto";
import { failureOf } from "../../model/failure.ts";
import type { ArrivedAnswer } from "../answers/answer-place.ts";
import type { SamlSettings } from "../identity-settings.ts";
import type { SignInRequest, Vouched } from "../sign-in.ts";
import { assertionAnswer } from "./assertion-answer.ts";
import { checkShape } from "./response-shape.ts";
import { assertionRefused, shown } from "./saml-failure.ts";
import { emailNameId } from "./saml-names.ts";
import { checkSamlSettings, serviceProvider } from "./service-provider.ts";
import { parseStrictXml, type XmlElement, XmlProblem } from "./strict-xml.ts";
import { type Asked, type AssertedPerson, attributeOf, keptAttributes, readAssertion } from "./verified-assertion.ts";

/** How long a person may take at the provider. */
const personLimitMs = 10 * 60_000;
/** How long a sign-in is good for where the provider does not say: an assertion cannot be renewed. */
const sessionLimitMs = 12 * 3_600_000;

/**
 * Signs a person in by SAML 2.0 (Web Browser SSO): a request by HTTP-Redirect in the system's browser, and the response by HTTP-POST
 * to this machine. An assertion has no place for the commitment of the identity key, so it vouches for the person alone.
 * Rejects with a `FailureError`.
 */
export async function signInBySaml(settings: SamlSettings, request: SignInRequest): Promise<Vouched> {
  checkSamlSettings(settings);
  const requestId = `_${randomBytes(20).toString("hex")}`;
  const { signal, turnedAway, fresh } = request;
  const expected = assertionAnswer(settings.consumerPort, (samlResponse) => strangerOf(samlResponse, requestId));
  const consumer = await request.answers.open({ ...expected, limitMs: personLimitMs, signal, turnedAway });
  try {
    const { idpIssuer, spIssuer } = settings;
    const asked: Asked = { idpIssuer, spIssuer, consumer: consumer.address, requestId, at: Date.now(), fresh };
    const saml = serviceProvider({ settings, requestId, consumer: consumer.address, fresh, responseSigned: false });
    await request.open(await saml.getAuthorizeUrlAsync("", undefined, {}), (asked.at + personLimitMs) * 1000);
    return await told(await consumer.answer(), (samlResponse) => vouchedBy(samlResponse, settings, asked));
  } finally {
    consumer.close();
  }
}

/** Why a response is not an answer to the request, as a sentence; `null` where it says that it is. */
function strangerOf(samlResponse: string, requestId: string): string | null {
  try {
    if (parseStrictXml(textOf(samlResponse)).attributes.get("InResponseTo") === requestId) return null;
    return "An answer came that does not belong to this sign-in (it answers another request), and was turned away.";
  } catch (problem) {
    const reason = problem instanceof XmlProblem ? problem.message : "cannot be read";
    return `An answer came that cannot be one to this sign-in (its XML ${reason}), and was turned away.`;
  }
}

/** The text of a response, which came as base64. Throws `XmlProblem`. */
function textOf(samlResponse: string): string {
  const base64 = samlResponse.replace(/\s/g, "");
  if (!/^[A-Za-z\d+/]+={0,2}$/.test(base64)) throw new XmlProblem("is not base64");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(base64, "base64"));
  } catch {
    throw new XmlProblem("is not UTF-8");
  }
}

/** Tells the person in their browser how it ended. */
async function told({ answer, tell }: ArrivedAnswer<string>, end: (samlResponse: string) => Promise<Vouched>): Promise<Vouched> {
  try {
    const vouched = await end(answer);
    tell({ title: `You are signed in as ${vouched.name}`, message: "Close this page and go back to Stenograph." });
    return vouched;
  } catch (thrown) {
    tell({ title: "You are not signed in", message: `${failureOf(thrown).message} Close this page and go back to Stenograph.` });
    throw thrown;
  }
}

async function vouchedBy(samlResponse: string, settings: SamlSettings, asked: Asked): Promise<Vouched> {
  const text = textOf(samlResponse);
  const { responseSigned } = checkShape(parseStrictXml(text), asked);
  const verified = await verifiedAssertion(text, settings, asked, responseSigned);
  const person = readAssertion(verified, asked, Date.now());
  const { nameId, nameIdFormat, authenticatedAt, authenticationContext, sessionUntil } = person;
  const limit = Date.now() + sessionLimitMs;
  const { attributes } = settings;
  const email = attributeOf(person, attributes.email)[0] ?? (nameIdFormat === emailNameId ? nameId : null);
  return {
    via: "saml",
    issuer: settings.idpIssuer,
    subject: nameId,
    name: attributeOf(person, attributes.name)[0] ?? email ?? nameId,
    email,
    groups: [...new Set(attributeOf(person, attributes.groups))],
    claims: {
      issuer: settings.idpIssuer,
      nameId,
      ...(nameIdFormat === null ? {} : { nameIdFormat }),
      ...claimsOf({ authenticationContext, sessionUntil }),
      authnInstant: new Date(authenticatedAt).toISOString(),
      ...keptAttributes(person, settings),
    },
    until: Math.min(sessionUntil ?? limit, limit) * 1000,
    keyBound: false,
    evidence: { response: samlResponse, certificate: settings.idpCertificate, requestId: asked.requestId, consumer: asked.consumer },
    renew: null,
    forget: () => Promise.resolve(),
  };
}

function claimsOf({ authenticationContext, sessionUntil }: Pick<AssertedPerson, "authenticationContext" | "sessionUntil">) {
  return {
    ...(authenticationContext === null ? {} : { authnContext: authenticationContext }),
    ...(sessionUntil === null ? {} : { sessionNotOnOrAfter: new Date(sessionUntil).toISOString() }),
  };
}

/** The assertion as it was signed, and nothing of the response around it. What is verified is the text that was looked at before. */
async function verifiedAssertion(text: string, settings: SamlSettings, asked: Asked, responseSigned: boolean): Promise<XmlElement> {
  const { requestId, consumer, fresh, idpIssuer } = asked;
  const saml = serviceProvider({ settings, requestId, consumer, fresh, responseSigned });
  try {
    const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: Buffer.from(text).toString("base64") });
    const xml = profile?.getAssertionXml?.();
    return parseStrictXml(xml ?? "");
  } catch (thrown) {
    throw assertionRefused(idpIssuer, reasonOf(thrown), thrown);
  }
}

/** The library's words for what people can do something about, in ours. */
function reasonOf(thrown: unknown): string {
  const { message } = failureOf(thrown);
  if (/signature/i.test(message)) return "its signature is wrong, or was made with another key than the one in the identity settings";
  if (/not yet valid/.test(message)) return "its assertion is not valid yet; check this computer's clock";
  if (/expired/.test(message)) return "its assertion has expired; check this computer's clock";
  if (/subject confirmation/.test(message)) return "its assertion has expired, or is not valid yet; check this computer's clock";
  if (/audience/i.test(message)) return "its assertion was made for another program";
  if (/InResponseTo/.test(message)) return "its assertion answers another sign-in";
  return `it is malformed (${shown(message)})`;
}
