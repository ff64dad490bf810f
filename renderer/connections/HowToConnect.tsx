import type { ConnectionListed } from "../../proxy/api/contract.ts";
import { whyNot } from "../identity/role-text.ts";
import { Notice } from "../shell/Notice.tsx";
import { useIdentity, useMayUse } from "../state/identity.ts";
import { goTo } from "../state/use-place.ts";
import controls from "../styles/controls.module.css";
import styles from "./OwnCredential.module.css";
import { OwnCredential } from "./OwnCredential.tsx";
import { SnippetTabs } from "./SnippetTabs.tsx";

/** How clients connect through a connection, as far as the person's roles let them. */
export function HowToConnect({ connection }: { readonly connection: Pick<ConnectionListed, "id" | "identity"> }) {
  const mayMint = useMayUse("credentials.mint");
  const maySee = useMayUse("connections.snippets");
  const maySetUp = useMayUse("identity.saveSettings");
  const signsIn = useIdentity(({ identity }) => identity?.state === "signed-in");
  const { id, identity } = connection;
  if (!maySee) return <Notice tone="info">{whyNot("connections.snippets", "Connecting clients")}</Notice>;
  if (identity === "os-user") return <SnippetTabs connection={id} />;
  if (!signsIn) {
    return (
      <>
        <Notice tone="warning">
          Clients of this connection present a credential of who signed in, and nobody signs in here yet: only machines can use it.
        </Notice>
        {maySetUp && (
          <div className={styles.actions}>
            <button type="button" className={controls.button} onClick={() => goTo({ screen: "settings" })}>
              Set up sign-in
            </button>
          </div>
        )}
        <SnippetTabs connection={id} />
      </>
    );
  }
  if (mayMint) return <OwnCredential connection={id} />;
  return (
    <>
      <Notice tone="info">{whyNot("credentials.mint", "A credential of your own")}</Notice>
      <SnippetTabs connection={id} />
    </>
  );
}
