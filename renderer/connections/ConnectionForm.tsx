import { type FormEvent, useState } from "react";
import type { CallOutput, ConnectionListed } from "../../proxy/api/contract.ts";
import { type Failure, failureOf } from "../../proxy/model/failure.ts";
import { useApi } from "../api/api-context.ts";
import { Notice } from "../shell/Notice.tsx";
import { PlainText } from "../shell/PlainText.tsx";
import { loadConnections } from "../state/connections.ts";
import { classNames } from "../styles/class-names.ts";
import controls from "../styles/controls.module.css";
import styles from "../styles/form.module.css";
import { AccountFields } from "./AccountFields.tsx";
import { AddressFields } from "./AddressFields.tsx";
import { type ConnectionDraft, type DraftErrors, draftOf, emptyDraft, readDraft } from "./draft.ts";
import { SafetyFields } from "./SafetyFields.tsx";

interface ConnectionFormProps {
  /** The connection to edit, or `null` for a new one. */
  readonly listed: ConnectionListed | null;
  readonly onSaved: (saved: ConnectionListed) => void;
}

type Tested = CallOutput<"connections.test">;
type Work = "idle" | "testing" | "saving";

/** A connection's settings: checked here, tried against the upstream on demand, saved by the core. */
export function ConnectionForm({ listed, onSaved }: ConnectionFormProps) {
  const api = useApi();
  const [draft, setDraft] = useState<ConnectionDraft>(() => (listed === null ? emptyDraft(crypto.randomUUID()) : draftOf(listed)));
  const [errors, setErrors] = useState<DraftErrors>({});
  const [work, setWork] = useState<Work>("idle");
  const [tested, setTested] = useState<Tested | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [saved, setSaved] = useState(false);

  const change = (part: Partial<ConnectionDraft>): void => {
    setDraft((before) => ({ ...before, ...part }));
    setErrors({});
    setTested(null);
    setSaved(false);
  };
  const run = async (kind: Exclude<Work, "idle">): Promise<void> => {
    const read = readDraft(draft);
    setTested(null);
    setFailure(null);
    setErrors(read.ok ? {} : read.errors);
    if (!read.ok) return;
    setWork(kind);
    try {
      const { connection, secrets } = read;
      if (kind === "testing") setTested(await api.call("connections.test", { connection, secrets }));
      else {
        const answer = await api.call("connections.save", { connection, secrets });
        setDraft(draftOf(answer));
        setSaved(true);
        await loadConnections(api);
        onSaved(answer);
      }
    } catch (reason) {
      setFailure(failureOf(reason));
    } finally {
      setWork("idle");
    }
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void run("saving");
  };
  const fields = { draft, errors, change };

  return (
    <form className={styles.form} onSubmit={submit} noValidate aria-label="Settings of the connection">
      <AddressFields {...fields} />
      <AccountFields {...fields} listed={listed} />
      <SafetyFields {...fields} />
      <div className={styles.foot}>
        {Object.keys(errors).length > 0 && <Notice tone="error">Some settings cannot be used; see next to them.</Notice>}
        {failure !== null && <Notice tone="error">{failure.message}</Notice>}
        {tested !== null && (
          <Notice tone={tested.ok ? "info" : "error"}>
            <PlainText text={tested.message} />
          </Notice>
        )}
        <div className={styles.actions}>
          <button type="submit" className={classNames(controls.button, controls.primary)} disabled={work !== "idle"}>
            {work === "saving" ? "Saving…" : listed === null ? "Add connection" : "Save"}
          </button>
          <button type="button" className={controls.button} disabled={work !== "idle"} onClick={() => void run("testing")}>
            {work === "testing" ? "Testing…" : "Test"}
          </button>
          <span className={styles.saved} role="status">
            {saved ? "Saved." : ""}
          </span>
        </div>
      </div>
    </form>
  );
}
