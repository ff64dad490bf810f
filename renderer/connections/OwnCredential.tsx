import { KeyRound } from "lucide-react";
import { useState } from "react";
import type { CredentialListed } from "../../proxy/api/contract.ts";
import { type Failure, failureOf } from "../../proxy/model/failure.ts";
import { useApi } from "../api/api-context.ts";
import { useCall } from "../api/use-call.ts";
import { dateTime, fullTime } from "../format/time.ts";
import { Notice } from "../shell/Notice.tsx";
import { SecretOnce } from "../shell/SecretOnce.tsx";
import { classNames } from "../styles/class-names.ts";
import controls from "../styles/controls.module.css";
import styles from "./OwnCredential.module.css";
import { SnippetTabs } from "./SnippetTabs.tsx";

interface Minted {
  readonly credential: CredentialListed;
  readonly password: string;
}

/** The person's own credential for a connection: made on demand, its password told once, and how clients present it. */
export function OwnCredential({ connection }: { readonly connection: string }) {
  const api = useApi();
  const { output, failure: notListed, reload } = useCall("credentials.list", {});
  const [minted, setMinted] = useState<Minted | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const listed = output?.credentials.find((credential) => credential.connection === connection);
  const known = minted?.credential ?? listed;
  const act = async (action: () => Promise<Minted | null>): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      setMinted(await action());
      reload();
    } catch (reason) {
      setFailure(failureOf(reason));
    } finally {
      setBusy(false);
    }
  };
  const revoke = (id: string): Promise<void> =>
    act(async () => {
      await api.call("credentials.revoke", { id });
      return null;
    });
  const problem = failure ?? notListed;
  return (
    <div className={styles.own}>
      {minted === null ? (
        <p className={styles.text}>
          {known === undefined
            ? "Clients present a credential that is made for you here, and what they run is recorded under your name. The server's own password stays with Stenograph."
            : "You have a credential for this connection. Its password was shown once and is not kept; if it is lost, make another one, which replaces it."}
        </p>
      ) : (
        <SecretOnce user={minted.credential.user} secret={minted.password} secretName="Password" />
      )}
      {known !== undefined && (
        <p className={styles.text}>
          User name <code>{known.user}</code>, made {dateTime(known.mintedAt)}, good until{" "}
          {known.until === null ? (
            "you sign out"
          ) : (
            <span title={fullTime(known.until)}>{dateTime(known.until)}, or until you sign out</span>
          )}
          .
        </p>
      )}
      {problem !== null && <Notice tone="error">{problem.message}</Notice>}
      <div className={styles.actions}>
        <button
          type="button"
          className={classNames(controls.button, known === undefined && controls.primary)}
          disabled={busy}
          onClick={() => void act(() => api.call("credentials.mint", { connection }))}
        >
          <KeyRound size={13} aria-hidden="true" /> {known === undefined ? "Create my credential" : "Create another one"}
        </button>
        {known !== undefined && (
          <button type="button" className={controls.button} disabled={busy} onClick={() => void revoke(known.id)}>
            Revoke it
          </button>
        )}
      </div>
      <SnippetTabs key={known?.id} connection={connection} password={minted?.password} />
    </div>
  );
}
