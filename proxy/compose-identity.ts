/** Wires who people and machines are: settings, sign-ins, what clients present, and the access log. */
import { isDeepStrictEqual } from "node:util";
import type { CoreIdentity } from "./api/core.ts";
import { type MachineOfToken, MachineStore } from "./api/identity/machine-store.ts";
import { AccessLog } from "./identity/access-log.ts";
import { ClientCredentials } from "./identity/client-credentials.ts";
import type { IdentitySettings } from "./identity/identity-settings.ts";
import { type MachineOfSubject, TokenVerifier, type VerifiedToken } from "./identity/oidc/token-verifier.ts";
import { rolesOf } from "./identity/roles.ts";
import { type EndsSessions, SessionEnds } from "./identity/session-ends.ts";
import type { SignIn, SignInEnd } from "./identity/sign-in.ts";
import { SignIns } from "./identity/sign-ins.ts";
import { TokenPasswords } from "./identity/token-passwords.ts";
import { identityPath, loadIdentitySettings, saveIdentitySettings } from "./identity-file.ts";
import { openMachines } from "./machines-file.ts";
import type { ClientCredential, RefusedClient, TokenVerdict } from "./model/client-credential.ts";
import { FailureError } from "./model/failure.ts";
import type { UnixMicros } from "./model/value.ts";
import { SharedFile } from "./shared-file.ts";

/** What lets clients in by what they present, and ends their sessions: the relay. */
export interface LetsClientsIn extends EndsSessions {
  setCredentials(credentials: readonly ClientCredential[]): void;
}

/** Who people and machines are, as long as the program runs. */
export interface RunningIdentity extends CoreIdentity {
  readonly signIns: SignIns;
  /** Verifies a token that a client presented to a connection; never rejects for what is wrong with it. */
  verifyToken(token: string, connection: string): Promise<TokenVerdict>;
  refused(client: RefusedClient): void;
  /** Tells `relay` from now on what clients may present, and whose sessions are to end. */
  serve(relay: LetsClientsIn): void;
  close(): void;
}

const noTokens = "No OpenID provider is set up in Stenograph whose tokens it could verify. Use a credential that its window makes.";
const notOperator = "You may not run sessions here: none of your groups has the role operator. Ask an administrator.";
const otherProvider = "The token is not good any more, because the identity settings were changed. Get a new one and connect again.";
const lostRole = "You do not have the role operator any more, so this credential has ended. Ask an administrator.";

/** Rejects with a `FailureError` where settings or machines cannot be used. `say` hears what could not be done. */
export async function composeIdentity(dataDirectory: string, say: (line: string) => void): Promise<RunningIdentity> {
  const settings = await openSettings(dataDirectory);
  const machinesFile = await openMachines(dataDirectory);
  const machines = new MachineStore(machinesFile);
  const log = new AccessLog({ dataDirectory, failed: say });
  const signIns = new SignIns({ dataDirectory, settings: () => settings.value, log: (event) => log.record(event) });
  const relay = new LateRelay();
  const sessions = new SessionEnds(relay, () => settings.value.endOpenSessions);
  const credentials = new ClientCredentials({ changed: (all) => relay.setCredentials(all), sessions });
  const tokens = new TokenPasswords(sessions, (actor) => {
    const may = actor.kind === "machine" || rolesOf(actor.groups, settings.value.roles).includes("operator");
    return may ? null : notOperator;
  });
  const verifier = new TokenVerifier({ machineOf: (subject) => describedMachine(machines.ofSubject(subject)) });
  credentials.setMachines(machines.credentials());

  const verifiedFor = async (connection: string, token: string): Promise<VerifiedToken> => {
    const { provider } = settings.value;
    if (provider?.kind !== "oidc") throw new FailureError("token-refused", noTokens);
    const { actor, until } = await verifier.verify(token, provider);
    if (!isDeepStrictEqual(provider, settings.value.provider)) throw new FailureError("token-refused", otherProvider);
    if (actor.kind === "machine") return { actor, until: Math.min(until, untilOfMachine(machines, actor.subject, connection)) };
    return { actor, until };
  };
  const signInChanged = (signIn: SignIn): void => {
    if (signIn.roles.includes("operator")) credentials.signInChanged(signIn);
    else credentials.endAllOf(signIn.id, lostRole);
  };
  let trusted = settings.value.provider;
  const settingsChanged = ({ provider }: IdentitySettings): void => {
    signIns.settingsChanged();
    if (isDeepStrictEqual(provider, trusted)) tokens.rolesChanged();
    else tokens.providerChanged(otherProvider);
    trusted = provider;
  };
  const unsubscribe = [
    settings.onChange(settingsChanged),
    signIns.onChange(signInChanged),
    signIns.onEnd(({ id }, end) => credentials.signInEnded(id, whatToDo(end))),
    machines.onChange(() => {
      credentials.setMachines(machines.credentials());
      for (const { subject, message } of machines.endedSubjects()) tokens.revoked(issuerOf(settings.value), subject, message);
    }),
    settings.watch(say),
    machinesFile.watch(say),
  ];
  return {
    settings,
    credentials,
    machines,
    log,
    signIns,
    verifyToken: (token, connection) => tokens.verdictOn(verifiedFor(connection, token)),
    refused: ({ at: _, ...client }) => log.record({ kind: "refused-client", actor: null, ...client }),
    serve: (served) => relay.attach(served),
    close: () => {
      for (const end of unsubscribe) end();
      signIns.close();
      credentials.close();
      tokens.close();
      sessions.close();
      log.close();
    },
  };
}

function openSettings(dataDirectory: string): Promise<SharedFile<IdentitySettings>> {
  return SharedFile.open({
    dataDirectory,
    path: identityPath(dataDirectory),
    read: () => loadIdentitySettings(dataDirectory),
    write: (settings) => saveIdentitySettings(dataDirectory, settings),
  });
}

/** Until when a machine may use a connection by its provider's tokens. Throws a `FailureError` where it may not. */
function untilOfMachine(machines: MachineStore, subject: string, connection: string): UnixMicros {
  const machine = machines.ofSubject(subject);
  if (machine === null || (machine.connections !== null && !machine.connections.includes(connection))) {
    throw new FailureError("forbidden", "This machine may not use this connection. Ask an administrator.");
  }
  return machine.until ?? Number.POSITIVE_INFINITY;
}

/** What goes into the actor of its sessions. */
function describedMachine(machine: MachineOfToken | null): MachineOfSubject | null {
  return machine === null ? null : { name: machine.name, owner: machine.owner, groups: machine.groups };
}

function issuerOf({ provider }: IdentitySettings): string {
  return provider?.kind === "oidc" ? provider.issuer : "";
}

/** For whoever presents a credential of a sign-in that is over. */
function whatToDo({ cause, message }: SignInEnd): string {
  const why = cause === "signed-out" ? "Your sign-in at Stenograph has ended." : message.replace(/ Sign in again\.$/, "");
  return `${why} Sign in at Stenograph again and use the new credential.`;
}

/** The relay, which starts after what it asks. */
class LateRelay implements LetsClientsIn {
  #relay: LetsClientsIn | null = null;
  #credentials: readonly ClientCredential[] = [];

  attach(relay: LetsClientsIn): void {
    this.#relay = relay;
    relay.setCredentials(this.#credentials);
  }

  setCredentials(credentials: readonly ClientCredential[]): void {
    this.#credentials = credentials;
    this.#relay?.setCredentials(credentials);
  }

  endSessions(credentials: readonly string[], message: string): void {
    this.#relay?.endSessions(credentials, message);
  }
}
