/** An OpenID Connect identity provider on the loopback address: `oidc-provider`, with people and pages of its own. */
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import Provider from "oidc-provider";
import { interact } from "./interactions.ts";
import { type DemoMachine, type DemoPerson, demoMachine, demoPeople } from "./people.ts";
import { type Lifetimes, providerConfiguration } from "./provider-configuration.ts";
import { ProviderState } from "./provider-state.ts";
import { makeSigningKey, type SigningKey } from "./signing-keys.ts";

export interface IdentityProviderOptions {
  /** On 127.0.0.1; 0, the default, picks one. */
  readonly port?: number;
  /** A DBA, an approver and an auditor where it is left out. */
  readonly people?: readonly DemoPerson[];
  readonly machine?: DemoMachine;
  /** Lifetimes in seconds, where they are not an hour, a day and the like. */
  readonly ttl?: Partial<Lifetimes>;
  /** Whether the sign-in page tells the people's names and passwords. */
  readonly hint?: boolean;
}

export interface IdentityProvider extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly issuer: string;
  /** A public native client with PKCE; redirects to `http://127.0.0.1:ANY/callback`. */
  readonly clientId: string;
  /** Whoever asks for this `resource` gets an access token that is a JWT for this audience. */
  readonly audience: string;
  /** Scopes that it knows besides `openid`. */
  readonly scopes: readonly string[];
  readonly people: readonly DemoPerson[];
  readonly machine: DemoMachine;
  /** Signs with a new key from now on. The keys before it are told of still, unless `forget` is set. */
  rotateKeys(options?: { readonly forget?: boolean }): Promise<void>;
  /** Forgets the person's session, grants and refresh tokens, as an administrator does who locks somebody out. */
  forget(subject: string): void;
  /** Stops listening and drops all connections, but keeps what it knows. */
  goAway(): Promise<void>;
  /** Listens at the same address again. */
  comeBack(): Promise<void>;
  stop(): Promise<void>;
}

const clientId = "stenograph";
const audience = "urn:stenograph:mysql";
const scopes = ["profile", "email", "groups", "offline_access"] as const;
const lifetimes: Lifetimes = { idToken: 3600, accessToken: 3600, refreshToken: 86_400, deviceCode: 600, session: 86_400 };

/** Starts it with keys of its own. Rejects where the port is taken. */
export async function startIdentityProvider(options: IdentityProviderOptions = {}): Promise<IdentityProvider> {
  const people = options.people ?? demoPeople();
  const machine = options.machine ?? demoMachine();
  const state = new ProviderState();
  let keys: readonly SigningKey[] = [await makeSigningKey()];
  let answer: RequestListener = (_request, response) => response.destroy();
  const server = createServer((request, response) => answer(request, response));
  const port = await listen(server, options.port ?? 0);
  const issuer = `http://127.0.0.1:${port}`;
  /** oidc-provider reads its keys once: with others it is made anew, over the same state. */
  const serve = (): void => {
    const parts = { clientId, audience, people, machine, keys, state, lifetimes: { ...lifetimes, ...options.ttl } };
    const provider = new Provider(issuer, providerConfiguration(parts));
    answer = listenerOf(provider, { people, hint: options.hint ?? false });
  };
  serve();
  return {
    issuer,
    clientId,
    audience,
    scopes,
    people,
    machine,
    rotateKeys: async ({ forget = false } = {}) => {
      const next = await makeSigningKey();
      keys = forget ? [next] : [next, ...keys];
      serve();
    },
    forget: (subject) => state.forgetAccount(subject),
    goAway: () => close(server),
    comeBack: async () => void (await listen(server, port)),
    stop: () => close(server),
    [Symbol.asyncDispose]: () => close(server),
  };
}

function listenerOf(provider: Provider, pages: Parameters<typeof interact>[1]): RequestListener {
  const rest = provider.callback();
  return (request, response) => {
    if (!request.url?.startsWith("/interaction/")) return rest(request, response);
    interact(provider, pages, request, response).catch((thrown: unknown) => {
      response.destroy(thrown instanceof Error ? thrown : new Error(String(thrown)));
    });
  };
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
