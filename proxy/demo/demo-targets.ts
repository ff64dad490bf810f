/** By whose credential each of the workload's clients signs in. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ActorAccount, DemoIdentity } from "./demo-identity.ts";
import type { DemoSource } from "./demo-source.ts";
import type { IdentityProvider } from "./identity-provider/identity-provider.ts";
import type { DemoPerson } from "./identity-provider/people.ts";
import { personTokens } from "./person-tokens.ts";
import type { ClientTarget } from "./workload/ledger-client.ts";
import type { TargetOf, WorkloadTargets } from "./workload/workload.ts";

/** The application and the agent are machines, the report is a script of the OS user, and the DBA is who `administrator` says. */
export function workloadTargets(source: DemoSource, { shop, assistant }: DemoIdentity, administrator: TargetOf): WorkloadTargets {
  const as = (account: ActorAccount): ClientTarget => ({ ...source.address, ...account });
  return { application: () => as(shop), agent: () => as(assistant), report: () => source.scripts, administrator };
}

/** A person whose client presents a token of the provider as its password, over TLS with the workstation's own authority. */
export function byToken(source: DemoSource, provider: IdentityProvider, person: DemoPerson, dataDirectory: string): TargetOf {
  const token = personTokens(provider, person);
  return async () => ({
    ...source.address,
    user: "token",
    password: await token(),
    tokenFor: await readFile(join(dataDirectory, "tls", "ca.pem"), "utf8"),
    actor: { kind: "person", issuer: provider.issuer, subject: person.subject },
  });
}
