/** A scripted OpenID provider for what no real one does: each answer can be replaced by a wrong one. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface MisbehavingProvider extends AsyncDisposable {
  readonly issuer: string;
  readonly clientId: string;
  /** Replaces the answers at paths: `/.well-known/openid-configuration`, `/jwks`, `/token`, `/revoke`. */
  readonly answers: Map<string, Answer>;
  /** Changes the metadata. */
  metadata: (metadata: Record<string, unknown>) => Record<string, unknown>;
  /** Changes the claims of an ID token, whose nonce is the one that was asked for. */
  claims: (claims: JWTPayload) => JWTPayload;
  /** Makes the ID token of the claims. */
  sign: (claims: JWTPayload) => Promise<string>;
  /** Changes what the token endpoint answers beside the ID token. */
  tokens: (answer: Record<string, unknown>) => Record<string, unknown>;
  /** Signs with the provider's own key. */
  readonly signed: (claims: JWTPayload, header?: { alg?: string; kid?: string; typ?: string }) => Promise<string>;
  /** What everybody knows of its key. */
  readonly publicJwk: Readonly<Record<string, unknown>>;
  /** Plays the person: goes to the address and comes back with a code. `change` may spoil the way back. */
  visit(url: string, change?: (callback: URL) => URL): Promise<Response>;
  /** Requests by path. */
  readonly asked: Map<string, number>;
}

export async function startMisbehavingProvider(): Promise<MisbehavingProvider> {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const publicJwk = { ...(await exportJWK(publicKey)), kid: "k1", use: "sig", alg: "RS256" };
  let nonce: string | null = null;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://provider");
    provider.asked.set(pathname, (provider.asked.get(pathname) ?? 0) + 1);
    const answer = provider.answers.get(pathname) ?? usual[pathname];
    if (answer === undefined) response.writeHead(404).end();
    else answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const usual: Readonly<Record<string, Answer>> = {
    "/.well-known/openid-configuration": (_request, response) =>
      json(
        response,
        provider.metadata({
          issuer,
          authorization_endpoint: `${issuer}/auth`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
          response_types_supported: ["code"],
          subject_types_supported: ["public"],
          id_token_signing_alg_values_supported: ["RS256"],
          scopes_supported: ["openid", "offline_access"],
        }),
      ),
    "/jwks": (_request, response) => json(response, { keys: [publicJwk] }),
    "/token": (_request, response) => {
      void (async () => {
        const now = Math.floor(Date.now() / 1000);
        const claims = {
          iss: issuer,
          sub: "u-1",
          aud: "stenograph",
          iat: now,
          exp: now + 600,
          name: "Eve",
          ...(nonce === null ? {} : { nonce }),
        };
        const idToken = await provider.sign(provider.claims(claims));
        json(response, provider.tokens({ access_token: "at-1", token_type: "Bearer", id_token: idToken }));
      })();
    },
  };
  const provider: MisbehavingProvider = {
    issuer,
    clientId: "stenograph",
    answers: new Map(),
    asked: new Map(),
    metadata: (metadata) => metadata,
    claims: (claims) => claims,
    sign: (claims) => provider.signed(claims),
    tokens: (answer) => answer,
    signed: (claims, header) => new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "k1", ...header }).sign(privateKey),
    publicJwk,
    visit: (url, change = (callback) => callback) => {
      const asked = new URL(url).searchParams;
      nonce = asked.get("nonce");
      const callback = new URL(asked.get("redirect_uri") ?? "");
      callback.searchParams.set("code", "c-1");
      callback.searchParams.set("state", asked.get("state") ?? "");
      return fetch(change(callback));
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  return provider;
}

export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}
