import { type FormEvent, useState } from "react";
import type { CallOutput } from "../../proxy/api/contract.ts";
import { type Failure, failureOf } from "../../proxy/model/failure.ts";
import { useApi } from "../api/api-context.ts";
import { Field } from "../shell/Field.tsx";
import { Notice } from "../shell/Notice.tsx";
import { useConnections } from "../state/connections.ts";
import { useIdentity } from "../state/identity.ts";
import { classNames } from "../styles/class-names.ts";
import controls from "../styles/controls.module.css";
import styles from "../styles/form.module.css";
import { ConnectionChoice } from "./ConnectionChoice.tsx";
import { emptyMachine, type MachineDraft, type MachineErrors, readMachine } from "./machine-draft.ts";

interface MachineFormProps {
  readonly onRegistered: (made: CallOutput<"machines.register">) => void;
}

/** What an administrator says of a new machine. */
export function MachineForm({ onRegistered }: MachineFormProps) {
  const api = useApi();
  const registrar = useIdentity(({ identity }) => (identity?.state === "signed-in" ? identity.actor.name : ""));
  const connections = useConnections((state) => state.connections) ?? [];
  const [draft, setDraft] = useState<MachineDraft>(() => emptyMachine(registrar));
  const [errors, setErrors] = useState<MachineErrors>({});
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const change = (part: Partial<MachineDraft>): void => {
    setDraft((before) => ({ ...before, ...part }));
    setErrors({});
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const read = readMachine(draft, Date.now());
    setFailure(null);
    setErrors(read.ok ? {} : read.errors);
    if (!read.ok) return;
    setBusy(true);
    try {
      onRegistered(await api.call("machines.register", read.settings));
    } catch (reason) {
      setFailure(failureOf(reason));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)} noValidate aria-label="New machine">
      <fieldset className={styles.group}>
        <Field label="Name" error={errors.name} hint="Sessions of it are recorded under this name.">
          {(control) => (
            <input
              {...control}
              value={draft.name}
              placeholder="e.g. Nightly report"
              onChange={(event) => change({ name: event.target.value })}
            />
          )}
        </Field>
        <Field label="Owner" error={errors.owner} hint="The person who answers for what it does.">
          {(control) => <input {...control} value={draft.owner} onChange={(event) => change({ owner: event.target.value })} />}
        </Field>
        <Field label="Groups" hint="Separated by commas; none is fine.">
          {(control) => <input {...control} value={draft.groups} onChange={(event) => change({ groups: event.target.value })} />}
        </Field>
        <ConnectionChoice connections={connections} chosen={draft.connections} onChange={(chosen) => change({ connections: chosen })} />
        <Field label="Expires after" error={errors.until} hint="The last day on which it is let in. Empty: until it is revoked.">
          {(control) => <input {...control} type="date" value={draft.until} onChange={(event) => change({ until: event.target.value })} />}
        </Field>
        <Field
          label="Presents"
          hint={
            draft.presents === "secret"
              ? "A user name and a secret, which are made here and shown once."
              : "A token that it gets from the identity provider (client_credentials), as its password."
          }
        >
          {(control) => (
            <select
              {...control}
              value={draft.presents}
              onChange={(event) => change({ presents: event.target.value === "token" ? "token" : "secret" })}
            >
              <option value="secret">A secret of its own</option>
              <option value="token">Tokens of the identity provider</option>
            </select>
          )}
        </Field>
        {draft.presents === "token" && (
          <Field label="Subject of its tokens" error={errors.tokenSubject} hint="Their claim “sub”; mostly the id of its client.">
            {(control) => (
              <input {...control} value={draft.tokenSubject} onChange={(event) => change({ tokenSubject: event.target.value })} />
            )}
          </Field>
        )}
      </fieldset>
      <div className={styles.foot}>
        {failure !== null && <Notice tone="error">{failure.message}</Notice>}
        <div className={styles.actions}>
          <button type="submit" className={classNames(controls.button, controls.primary)} disabled={busy}>
            {busy ? "Registering…" : "Register machine"}
          </button>
        </div>
      </div>
    </form>
  );
}
