import { type FormEvent, useState } from "react";
import type { CallOutput, IdentitySettings } from "../../proxy/api/contract.ts";
import { type Failure, failureOf } from "../../proxy/model/failure.ts";
import { useApi } from "../api/api-context.ts";
import { Field } from "../shell/Field.tsx";
import { Notice } from "../shell/Notice.tsx";
import { PlainText } from "../shell/PlainText.tsx";
import { TextField } from "../shell/TextField.tsx";
import { classNames } from "../styles/class-names.ts";
import controls from "../styles/controls.module.css";
import styles from "../styles/form.module.css";
import { ProviderFields } from "./ProviderFields.tsx";
import { RoleFields } from "./RoleFields.tsx";
import { readSettings, type SettingsDraft, type SettingsErrors, type SettingsFieldsProps, settingsDraft } from "./settings-draft.ts";

type Tested = CallOutput<"identity.testSettings">;
type Work = "idle" | "testing" | "saving";

/** The settings of identity: checked here, tried at the provider on demand, saved by the core. */
export function SettingsForm({ settings }: { readonly settings: IdentitySettings }) {
  const api = useApi();
  const [draft, setDraft] = useState<SettingsDraft>(() => settingsDraft(settings));
  const [errors, setErrors] = useState<SettingsErrors>({});
  const [work, setWork] = useState<Work>("idle");
  const [tested, setTested] = useState<Tested | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [saved, setSaved] = useState(false);
  const change = (part: Partial<SettingsDraft>): void => {
    setDraft((before) => ({ ...before, ...part }));
    setErrors({});
    setTested(null);
    setSaved(false);
  };
  const run = async (kind: Exclude<Work, "idle">): Promise<void> => {
    const read = readSettings(draft);
    setTested(null);
    setFailure(null);
    setErrors(read.ok ? {} : read.errors);
    if (!read.ok) return;
    setWork(kind);
    try {
      if (kind === "testing") setTested(await api.call("identity.testSettings", read.settings));
      else {
        await api.call("identity.saveSettings", read.settings);
        setSaved(true);
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
    <form className={styles.form} onSubmit={submit} noValidate aria-label="Settings of sign-in">
      <ProviderFields {...fields} />
      {draft.kind !== "none" && (
        <>
          <RoleFields {...fields} />
          <EndFields {...fields} />
        </>
      )}
      <div className={styles.foot}>
        {Object.keys(errors).length > 0 && <Notice tone="error">Some settings cannot be used; see next to them.</Notice>}
        {failure !== null && (
          <Notice tone="error">
            <PlainText text={failure.message} />
          </Notice>
        )}
        {tested !== null && (
          <Notice tone={tested.ok ? "info" : "error"}>
            <PlainText text={tested.message} />
          </Notice>
        )}
        <div className={styles.actions}>
          <button type="submit" className={classNames(controls.button, controls.primary)} disabled={work !== "idle"}>
            {work === "saving" ? "Saving…" : "Save"}
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

const ends = {
  "at-once": "They end at once",
  after: "They may go on for some minutes",
  never: "They may go on; only new ones are refused",
} as const;

/** What becomes of sessions whose identity ends. */
function EndFields({ draft, errors, change }: SettingsFieldsProps) {
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>End of a sign-in</legend>
      <Field
        label="Open sessions"
        hint="When the sign-in or the machine that they run under ends. Statements are recorded as that identity's until they end."
      >
        {(control) => (
          <select
            {...control}
            value={draft.end}
            onChange={({ target }) => change({ end: target.value === "after" || target.value === "never" ? target.value : "at-once" })}
          >
            {Object.entries(ends).map(([end, title]) => (
              <option key={end} value={end}>
                {title}
              </option>
            ))}
          </select>
        )}
      </Field>
      {draft.end === "after" && (
        <TextField label="Minutes" value={draft.minutes} error={errors.minutes} onChange={(minutes) => change({ minutes })} />
      )}
    </fieldset>
  );
}
