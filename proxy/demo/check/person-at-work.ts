/** A person of the demo at the workstation, without a window: signs in at the provider's real pages, and has credentials made. */
import type { Handlers } from "../../api/handler.ts";
import { FailureError } from "../../model/failure.ts";
import type { DemoPerson } from "../identity-provider/people.ts";
import { ScriptedBrowser } from "../identity-provider/scripted-browser.ts";

/** How long the workstation may take to believe what the provider's page sent it. */
const limitMs = 15_000;

/** Signs the person in as the caller of `handlers`. Rejects with code `sign-in` and the workstation's reason. */
export async function signInPerson({ calls, streams }: Handlers, person: DemoPerson): Promise<void> {
  const { url } = await calls["identity.signIn"]({});
  await new ScriptedBrowser().signIn(url, person);
  const signal = AbortSignal.timeout(limitMs);
  for await (const { identity } of streams.identity({}, signal)) {
    if (identity.state === "signed-in") return;
    if (identity.state === "signed-out") throw new FailureError("sign-in", `${person.name} could not sign in: ${identity.message}`);
  }
  throw new FailureError("sign-in", `${person.name} could not sign in within ${limitMs / 1000} seconds.`);
}

/** The person's own user name and password for a connection. */
export async function mintedCredential(
  { calls }: Handlers,
  connection: string,
): Promise<{ readonly user: string; readonly password: string }> {
  const { credential, password } = await calls["credentials.mint"]({ connection });
  return { user: credential.user, password };
}
