/** Who runs the demo's sessions: its identity provider and its machines, set up in a data directory for as long as the demo runs. */
import { MachineStore } from "../api/identity/machine-store.ts";
import { type IdentitySettings, noIdentitySettings } from "../identity/identity-settings.ts";
import type { RegisteredMachine } from "../identity/registered-machine.ts";
import { identityPath, loadIdentitySettings, saveIdentitySettings } from "../identity-file.ts";
import { openMachines } from "../machines-file.ts";
import { FailureError } from "../model/failure.ts";
import { withSettingsLock } from "../settings-lock.ts";
import type { IdentityProvider } from "./identity-provider/identity-provider.ts";
import { demoRoles } from "./identity-provider/people.ts";
import type { ExpectedActor } from "./workload/ledger.ts";

/** An account at the proxy, and whose it is. */
export interface ActorAccount {
  readonly user: string;
  readonly password: string;
  readonly actor: ExpectedActor;
}

export interface DemoIdentity {
  /** The web shop's own credential. */
  readonly shop: ActorAccount;
  /** The credential of the MCP server that an AI assistant works through. */
  readonly assistant: ActorAccount;
  /** Takes the machines and the provider out of the data directory again. */
  remove(): Promise<void>;
}

type ProviderFacts = Pick<IdentityProvider, "issuer" | "clientId" | "audience" | "scopes">;

const machines = [
  { name: "web shop", owner: "Dana Beck", groups: ["applications"] },
  { name: "desk assistant", owner: "Ravi Menon", groups: ["agents"] },
] as const;

/**
 * Sets the provider and the machines up for the connections with these ids. Whoever opens the workstation has to sign in from
 * then on. Rejects with code `usage` where the directory has an identity provider of its own.
 */
export async function setUpIdentity(dataDirectory: string, provider: ProviderFacts, connections: readonly string[]): Promise<DemoIdentity> {
  await refuseOtherProvider(dataDirectory);
  const store = new MachineStore(await openMachines(dataDirectory));
  await removeMachines(store);
  const [shop, assistant] = [await register(store, machines[0], connections), await register(store, machines[1], connections)];
  await save(dataDirectory, identitySettingsFor(provider));
  const remove = async (): Promise<void> => {
    await save(dataDirectory, noIdentitySettings);
    await removeMachines(store);
  };
  return { shop, assistant, remove };
}

/** The workstation's settings for the provider. */
export function identitySettingsFor({ issuer, clientId, audience, scopes }: ProviderFacts): IdentitySettings {
  return {
    provider: {
      kind: "oidc",
      issuer,
      clientId,
      scopes: [...scopes],
      claims: { name: "name", email: "email", groups: "groups" },
      audience,
    },
    roles: [...demoRoles],
    endOpenSessions: { kind: "at-once" },
  };
}

/** What a demo that was killed left behind is replaced; what somebody set up is not. */
async function refuseOtherProvider(dataDirectory: string): Promise<void> {
  const { provider } = await loadIdentitySettings(dataDirectory);
  if (provider === null || (provider.kind === "oidc" && provider.issuer.startsWith("http://127.0.0.1:"))) return;
  const message = `People sign in at a provider of their own in this data directory (${identityPath(dataDirectory)}), which the demo would replace. Choose another directory with --data.`;
  throw new FailureError("usage", message);
}

async function register(store: MachineStore, settings: (typeof machines)[number], connections: readonly string[]): Promise<ActorAccount> {
  const { machine, secret } = await store.register({ ...settings, connections, until: null, tokenSubject: null });
  const { name, owner, user } = machine;
  return { user, password: secret ?? "", actor: { kind: "machine", name, owner } };
}

async function removeMachines(store: MachineStore): Promise<void> {
  const isOurs = ({ name, owner }: RegisteredMachine) => machines.some((one) => one.name === name && one.owner === owner);
  for (const { id } of store.list().filter(isOurs)) {
    await store.revoke(id);
    await store.remove(id);
  }
}

function save(dataDirectory: string, settings: IdentitySettings): Promise<void> {
  return withSettingsLock(dataDirectory, () => saveIdentitySettings(dataDirectory, settings));
}
