import { Play, Square, Trash2 } from "lucide-react";
import { useState } from "react";
import type { ConnectionListed } from "../../proxy/api/contract.ts";
import { type Failure, failureOf } from "../../proxy/model/failure.ts";
import { useApi } from "../api/api-context.ts";
import { whyNot } from "../identity/role-text.ts";
import { ConfirmDialog } from "../shell/ConfirmDialog.tsx";
import { Notice } from "../shell/Notice.tsx";
import { PlainText } from "../shell/PlainText.tsx";
import { loadConnections } from "../state/connections.ts";
import { useMayUse } from "../state/identity.ts";
import { goTo } from "../state/use-place.ts";
import { classNames } from "../styles/class-names.ts";
import controls from "../styles/controls.module.css";
import styles from "../styles/details.module.css";
import { ConnectionFacts } from "./ConnectionFacts.tsx";
import { ConnectionForm } from "./ConnectionForm.tsx";
import { HowToConnect } from "./HowToConnect.tsx";
import { ListenerMark } from "./ListenerMark.tsx";
import { listeningAt } from "./listener-text.ts";

/** One connection: whether it takes clients, how they connect, its settings. */
export function ConnectionDetails({ connection }: { readonly connection: ConnectionListed }) {
  const api = useApi();
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const mayStart = useMayUse("connections.start");
  const mayChange = useMayUse("connections.save");
  const { id, name, listener } = connection;
  const act = async (action: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      await action();
    } catch (reason) {
      setFailure(failureOf(reason));
    }
    await loadConnections(api);
    setBusy(false);
  };
  const remove = (): Promise<void> =>
    act(async () => {
      await api.call("connections.remove", { id });
      goTo({ screen: "connections", connection: null });
    });
  return (
    <div className={styles.details}>
      <header className={styles.heading}>
        <h2 className={styles.title}>
          <PlainText text={name} />
        </h2>
        <ListenerMark listener={listener} />
        <span className={styles.actions}>
          {!mayStart ? null : listener.state === "listening" ? (
            <button
              type="button"
              className={controls.button}
              disabled={busy}
              onClick={() => void act(() => api.call("connections.stop", { id }))}
            >
              <Square size={13} aria-hidden="true" /> Stop
            </button>
          ) : (
            <button
              type="button"
              className={classNames(controls.button, controls.primary)}
              disabled={busy}
              onClick={() => void act(() => api.call("connections.start", { id }))}
            >
              <Play size={13} aria-hidden="true" /> Start
            </button>
          )}
          {mayChange && (
            <ConfirmDialog
              title={
                <>
                  Remove <PlainText text={name} />?
                </>
              }
              text="Its settings and stored passwords are deleted, its listener stops, and its open sessions end. What was recorded stays."
              action="Remove connection"
              onConfirm={() => void remove()}
            >
              <button type="button" className={controls.button} disabled={busy}>
                <Trash2 size={13} aria-hidden="true" /> Remove
              </button>
            </ConfirmDialog>
          )}
        </span>
      </header>
      {listener.state === "failed" && <Notice tone="error">{listener.message}</Notice>}
      {failure !== null && <Notice tone="error">{failure.message}</Notice>}
      {listener.state === "listening" && (
        <section className={styles.section}>
          <h3 className={styles.subtitle}>
            Connect through <code>{listeningAt(listener)}</code>
          </h3>
          <HowToConnect connection={connection} />
        </section>
      )}
      {mayChange ? (
        <ConnectionForm listed={connection} onSaved={() => undefined} />
      ) : (
        <>
          <ConnectionFacts connection={connection} />
          <Notice tone="info">{whyNot("connections.save", "Changing it")}</Notice>
        </>
      )}
    </div>
  );
}
