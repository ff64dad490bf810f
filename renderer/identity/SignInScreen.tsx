import { ExternalLink, LogIn } from "lucide-react";
import { useState } from "react";
import type { IdentityState } from "../../proxy/api/contract.ts";
import { type Failure, failureOf } from "../../proxy/model/failure.ts";
import { useApi } from "../api/api-context.ts";
import { dateTime, fullTime } from "../format/time.ts";
import { CopyButton } from "../shell/CopyButton.tsx";
import { EmptyState } from "../shell/EmptyState.tsx";
import { Notice } from "../shell/Notice.tsx";
import { PlainText } from "../shell/PlainText.tsx";
import { useStatus } from "../state/status.ts";
import { classNames } from "../styles/class-names.ts";
import controls from "../styles/controls.module.css";
import styles from "./SignInScreen.module.css";
import { isWebAddress, signIn } from "./sign-in.ts";

type SigningIn = Extract<IdentityState, { state: "signing-in" }>;
type SignedOut = Extract<IdentityState, { state: "signed-out" }>;

/** What stands in place of everything while nobody is signed in: where to sign in, what happens then, and what went wrong. */
export function SignInScreen({ identity }: { readonly identity: SigningIn | SignedOut }) {
  const api = useApi();
  const [asking, setAsking] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const begin = async (): Promise<void> => {
    setAsking(true);
    setFailure(null);
    try {
      await signIn(api);
    } catch (reason) {
      const failed = failureOf(reason);
      if (failed.code !== "cancelled") setFailure(failed);
    } finally {
      setAsking(false);
    }
  };
  const cancel = (): void => {
    api.call("identity.cancel", {}).catch((reason: unknown) => setFailure(failureOf(reason)));
  };
  if (identity.state === "signing-in") return <AtProvider identity={identity} onCancel={cancel} />;
  const message = identity.message ?? failure?.message ?? null;
  return (
    <EmptyState title="Sign in to Stenograph">
      <p>
        Sessions here are recorded under the name of who signed in at{" "}
        <b className={styles.provider}>
          <PlainText text={identity.provider} />
        </b>
        .
      </p>
      {message !== null && !asking && (
        <Notice tone="error">
          <PlainText text={message} />
        </Notice>
      )}
      <div className={styles.actions}>
        <button type="button" className={classNames(controls.button, controls.primary)} disabled={asking} onClick={() => void begin()}>
          <LogIn size={14} aria-hidden="true" /> {asking ? "Asking the provider…" : message === null ? "Sign in" : "Try again"}
        </button>
        {asking && (
          <button type="button" className={controls.button} onClick={cancel}>
            Cancel
          </button>
        )}
      </div>
      <h3 className={styles.subtitle}>What happens next</h3>
      <ol className={styles.steps}>
        <li>The provider's own page opens in your browser.</li>
        <li>You sign in there as you do everywhere. Stenograph does not get to see your password.</li>
        <li>This window goes on by itself, and shows what your groups allow.</li>
      </ol>
    </EmptyState>
  );
}

function AtProvider({ identity, onCancel }: { readonly identity: SigningIn; readonly onCancel: () => void }) {
  const { provider, url, until } = identity;
  // The desktop has opened it in the person's browser, and opens no other windows itself.
  const mayOpen = useStatus(({ info }) => info?.host === "browser") && isWebAddress(url);
  return (
    <EmptyState title="Waiting for you to sign in">
      <p role="status">
        Finish at{" "}
        <b className={styles.provider}>
          <PlainText text={provider} />
        </b>
        , in the page that has opened. This window then goes on by itself. {mayOpen && "If no page has opened, open it here."}
      </p>
      <p title={fullTime(until)}>The provider's answer is awaited until {dateTime(until).slice(11)}.</p>
      <div className={styles.actions}>
        {mayOpen && (
          <a className={classNames(controls.button, controls.primary)} href={url} target="_blank" rel="noopener noreferrer">
            <ExternalLink size={14} aria-hidden="true" /> Open the sign-in page
          </a>
        )}
        <CopyButton text={url} what="the page's address" withWord />
        <button type="button" className={controls.button} onClick={onCancel}>
          Cancel
        </button>
      </div>
    </EmptyState>
  );
}
