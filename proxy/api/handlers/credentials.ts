import type { MintedCredential } from "../../identity/client-credentials.ts";
import type { SignIn } from "../../identity/sign-in.ts";
import { FailureError } from "../../model/failure.ts";
import type { Caller } from "../caller.ts";
import type { Core } from "../core.ts";
import type { CallHandlers } from "../handler.ts";

type CredentialCalls = Extract<keyof CallHandlers, `credentials.${string}`>;

/** The caller's own credentials, which clients present. A password goes out once, when it is made. */
export function credentialHandlers({ identity, connections }: Core, caller: Caller): Pick<CallHandlers, CredentialCalls> {
  const { credentials, log } = identity;
  const record = (kind: "credential-minted" | "credential-revoked", { id, user, connection }: MintedCredential): void =>
    log.record({ kind, actor: caller.actor(), credential: id, user, connection });
  return {
    "credentials.list": () => {
      const signIn = caller.signIn();
      return Promise.resolve({ credentials: signIn === null ? [] : credentials.list(signIn.id) });
    },
    "credentials.mint": async ({ connection: id }) => {
      const asking = mustBeSignedIn(caller).id;
      await connections.refresh();
      const { connection } = connections.get(id);
      if (connection.identity !== "sign-in") {
        const message = `“${connection.name}” does not ask its clients who they are. An administrator can set its identity to sign-in.`;
        throw new FailureError("no-credentials", message);
      }
      // Somebody else may be at the same browser by now, or the person may have lost what lets them ask.
      const signIn = caller.signIn();
      if (signIn?.id !== asking || !signIn.roles.includes("operator")) throw changedMeanwhile();
      const minted = credentials.mint(signIn, id);
      record("credential-minted", minted.credential);
      return minted;
    },
    "credentials.revoke": async ({ id }) => {
      record("credential-revoked", credentials.revoke(mustBeSignedIn(caller).id, id));
      return {};
    },
  };
}

function changedMeanwhile(): FailureError {
  return new FailureError("signed-out", "Your sign-in has ended meanwhile, or has changed. No credential was made; ask again.");
}

function mustBeSignedIn(caller: Caller): SignIn {
  const signIn = caller.signIn();
  if (signIn !== null) return signIn;
  const message = "Credentials are made for who is signed in, and nobody signs in here. Set up an identity provider in the settings first.";
  throw new FailureError("not-signed-in", message);
}
