/** Sign-in on the command line, for every command that needs one. */
import { AccessLog } from "../identity/access-log.ts";
import type { GroupRole, IdentitySettings, OidcSettings } from "../identity/identity-settings.ts";
import { type DeviceCode, signInByDevice } from "../identity/oidc/device-authorization.ts";
import { RefreshTokensInMemory } from "../identity/oidc/refresh-tokens.ts";
import { renewed } from "../identity/oidc/renewal.ts";
import { openSecrets } from "../identity/open-secrets.ts";
import type { SecretStore } from "../identity/secret-store.ts";
import type { SignedInPerson, SignIn } from "../identity/sign-in.ts";
import { SignIns } from "../identity/sign-ins.ts";
import { loadIdentitySettings } from "../identity-file.ts";
import { FailureError } from "../model/failure.ts";
import { takePassphrase } from "../passphrase.ts";
import { nodeKeyring } from "../start-keyring.ts";
import { KeptSignIn } from "./kept-sign-in.ts";
import { say } from "./output.ts";

/** What a command needs to sign somebody in, and to go on with a sign-in that `login` kept. */
export interface CommandIdentity {
  readonly settings: OidcSettings;
  readonly roles: readonly GroupRole[];
  readonly signIns: SignIns;
  readonly kept: KeptSignIn;
  readonly secrets: SecretStore;
  /** Whether the secret store keeps anything beyond this process. */
  readonly canKeep: boolean;
  readonly log: Pick<AccessLog, "record">;
}

/** For a command that does nothing else. Rejects as `commandIdentityOf` does, and where the settings cannot be used. */
export async function openCommandIdentity(dataDirectory: string): Promise<CommandIdentity> {
  const identity = await loadIdentitySettings(dataDirectory);
  const log = new AccessLog({ dataDirectory, failed: say });
  const signIns = new SignIns({ dataDirectory, settings: () => identity, log: (event) => log.record(event) });
  return commandIdentityOf(dataDirectory, identity, { signIns, log });
}

/** Rejects with a `FailureError` where there is no OpenID provider to sign in at, or stored secrets cannot be opened. */
export async function commandIdentityOf(
  dataDirectory: string,
  { provider: settings, roles }: IdentitySettings,
  { signIns, log }: Pick<CommandIdentity, "signIns" | "log">,
): Promise<CommandIdentity> {
  if (settings === null) {
    const message = `No identity provider is set up in ${dataDirectory}, so nobody can sign in. Set one up in the workstation's Settings.`;
    throw new FailureError("no-provider", message);
  }
  if (settings.kind !== "oidc") {
    const message = `People sign in at ${settings.idpIssuer} by SAML, which needs a browser: sign in at the workstation's window instead.`;
    throw new FailureError("no-device-sign-in", message);
  }
  const secrets = await openCommandSecrets(dataDirectory);
  const kept = new KeptSignIn(dataDirectory, secrets, settings);
  return { settings, roles, signIns, kept, secrets, canKeep: secrets.keeping === "disk", log };
}

/**
 * The same secrets as the workstation's, but for what only its window can open. To be called once: the passphrase is gone from the
 * environment then.
 */
export async function openCommandSecrets(dataDirectory: string): Promise<SecretStore> {
  const keepers = { keyring: nodeKeyring(), system: null, passphrase: takePassphrase() };
  const { store, notices } = await openSecrets(dataDirectory, keepers);
  for (const notice of notices) say(notice);
  return store;
}

/** Signs in by a code that the person enters in any browser. `keep`: the refresh token is left for other commands. */
export async function signInWithCode(identity: CommandIdentity, keep: boolean, signal: AbortSignal): Promise<SignIn> {
  const { settings, signIns, kept } = identity;
  const tokens = keep ? kept : new RefreshTokensInMemory();
  const signIn = await signIns.signIn((_provider, key) => signInByDevice(settings, { key, tokens, show: showCode, signal }));
  if (keep && kept.read() !== null) await kept.belongsTo(signIn.actor);
  return signIn;
}

/**
 * Goes on with the sign-in that `login` kept; where there is none, or the provider has ended it, signs in by a code. Rejects with a
 * `FailureError`.
 */
export async function signInForCommand(identity: CommandIdentity, signal: AbortSignal): Promise<SignIn> {
  const { settings, signIns, kept } = identity;
  if (kept.read() === null) return signInWithCode(identity, false, signal);
  try {
    return await signIns.signIn(() => renewed({ settings, tokens: kept }, null, signal));
  } catch (thrown) {
    if (!(thrown instanceof FailureError) || thrown.code === "provider-unreachable") throw thrown;
    say(`The sign-in that login kept is over. ${thrown.message}`);
    return signInWithCode(identity, false, signal);
  }
}

function showCode({ url, code, completeUrl, until }: DeviceCode): void {
  const minutes = Math.max(Math.round((until / 1000 - Date.now()) / 60_000), 1);
  say(`To sign in, open ${url} in a browser on any device within ${minutes} min, and enter the code ${code}`);
  if (completeUrl !== null) say(`or open ${completeUrl}`);
}

/** Aborted at the first Ctrl+C. */
export function interrupted(): AbortSignal {
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort());
  return controller.signal;
}

/** Who it is, and what they may do, in lines for a person. */
export function describePerson({ actor, roles, until }: SignedInPerson): string {
  const lines = [
    `${actor.name}${actor.email === null || actor.email === actor.name ? "" : ` <${actor.email}>`}, vouched for by ${actor.issuer} as ${actor.subject}`,
    `Groups: ${actor.groups.join(", ") || "none"}`,
    `Roles: ${roles.join(", ") || "none; an administrator gives groups their roles in the identity settings"}`,
  ];
  return until === null
    ? lines.join("\n")
    : [...lines, `Until: ${new Date(until / 1000).toISOString()}, where it is not renewed`].join("\n");
}
