/** The sign-in and consent pages: what they show, and what becomes of what is sent from them. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type Provider from "oidc-provider";
import type { Interaction, InteractionResult } from "oidc-provider";
import { consentPage } from "./pages/consent-page.ts";
import { errorPage } from "./pages/message-pages.ts";
import { signInPage } from "./pages/sign-in-page.ts";
import { type DemoPerson, personOf } from "./people.ts";

export interface Pages {
  readonly people: readonly DemoPerson[];
  /** Whether the sign-in page tells the people's names and passwords. */
  readonly hint: boolean;
}

/** More than a user name and a password need. */
const bodyLimit = 8 * 1024;

/** Chromium holds redirects after a form to `form-action` too, and they end at the application's loopback address. */
const contentPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self' http://127.0.0.1:*";

/** Answers a request under `/interaction/`. */
export async function interact(provider: Provider, pages: Pages, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let interaction: Interaction;
  try {
    interaction = await provider.interactionDetails(request, response);
  } catch {
    return send(response, 400, errorPage({ error: "This sign-in has expired, or was begun in another browser." }));
  }
  if (request.method === "GET") return send(response, 200, await pageFor(provider, pages, interaction));
  const form = await formOf(request);
  if (request.method !== "POST" || form === null) return send(response, 400, errorPage({ error: "The form cannot be read." }));
  const application = await applicationOf(provider, interaction);
  const finish = (result: InteractionResult, mergeWithLastSubmission: boolean) =>
    provider.interactionFinished(request, response, result, { mergeWithLastSubmission });
  switch (form.get("step")) {
    case "cancel":
      return finish({ error: "access_denied", error_description: "The person cancelled the sign-in." }, false);
    case "other-account":
      return send(response, 200, signInPage({ application, user: "", failed: false, people: pages.hint ? pages.people : [] }));
    case "sign-in": {
      const user = form.get("user") ?? "";
      const person = personOf(pages.people, user, form.get("password") ?? "");
      if (person !== null) return finish({ login: { accountId: person.subject, amr: ["pwd"] } }, false);
      return send(response, 200, signInPage({ application, user, failed: true, people: pages.hint ? pages.people : [] }));
    }
    case "consent":
      if (interaction.prompt.name !== "consent" || interaction.session === undefined) break;
      return finish({ consent: { grantId: await grant(provider, interaction, interaction.session.accountId) } }, true);
  }
  send(response, 400, errorPage({ error: "The form cannot be used here." }));
}

async function pageFor(provider: Provider, { people, hint }: Pages, interaction: Interaction): Promise<string> {
  const application = await applicationOf(provider, interaction);
  const person = people.find(({ subject }) => subject === interaction.session?.accountId);
  if (interaction.prompt.name === "consent" && person !== undefined) {
    const scopes = String(interaction.params.scope ?? "")
      .split(" ")
      .filter(Boolean);
    return consentPage({ application, name: person.name, scopes });
  }
  const { login_hint: user } = interaction.params;
  return signInPage({ application, user: typeof user === "string" ? user : "", failed: false, people: hint ? people : [] });
}

async function applicationOf(provider: Provider, { params }: Interaction): Promise<string> {
  const client = await provider.Client.find(String(params.client_id));
  return client?.clientName ?? "an application";
}

/** Grants all that was asked for, and resolves to the grant's id. */
async function grant(provider: Provider, { prompt, params, grantId }: Interaction, accountId: string): Promise<string> {
  const earlier = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const given = earlier ?? new provider.Grant({ accountId, clientId: String(params.client_id) });
  const { missingOIDCScope, missingOIDCClaims, missingResourceScopes } = prompt.details;
  if (missingOIDCScope !== undefined) given.addOIDCScope(missingOIDCScope.join(" "));
  if (missingOIDCClaims !== undefined) given.addOIDCClaims(missingOIDCClaims);
  for (const [resource, scopes] of Object.entries(missingResourceScopes ?? {})) given.addResourceScope(resource, scopes.join(" "));
  return given.save();
}

/** `null` where it is no form, or too large. */
async function formOf(request: IncomingMessage): Promise<URLSearchParams | null> {
  const length = Number(request.headers["content-length"]);
  const [type] = (request.headers["content-type"] ?? "").split(";");
  if (type !== "application/x-www-form-urlencoded" || !(length <= bodyLimit)) return null;
  return new URLSearchParams(await text(request));
}

function send(response: ServerResponse, status: number, page: string): void {
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": contentPolicy,
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
  response.end(page);
}
