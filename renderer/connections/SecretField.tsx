import { Field } from "../shell/Field.tsx";
import { classNames } from "../styles/class-names.ts";
import controls from "../styles/controls.module.css";
import type { SecretDraft } from "./draft.ts";
import styles from "./SecretField.module.css";

interface SecretFieldProps {
  readonly label: string;
  readonly secret: SecretDraft;
  /** Whether the core has one stored. */
  readonly stored: boolean;
  readonly onChange: (secret: SecretDraft) => void;
}

/** A password that can be set and removed, and never comes back. */
export function SecretField({ label, secret, stored, onChange }: SecretFieldProps) {
  const hint =
    secret.change === "remove"
      ? "The stored password is removed when you save."
      : stored
        ? "One is stored. It is never shown; type to replace it."
        : undefined;
  return (
    <Field label={label} hint={hint}>
      {(control) => (
        <div className={styles.secret}>
          <input
            {...control}
            type="password"
            autoComplete="off"
            placeholder={stored && secret.change === "keep" ? "stored" : "none"}
            value={secret.change === "set" ? secret.text : ""}
            onChange={(event) => onChange(event.target.value === "" ? { change: "keep" } : { change: "set", text: event.target.value })}
          />
          {stored && (
            <button
              type="button"
              className={classNames(controls.button, controls.small)}
              onClick={() => onChange(secret.change === "remove" ? { change: "keep" } : { change: "remove" })}
            >
              {secret.change === "remove" ? "Keep it" : "Remove"}
            </button>
          )}
        </div>
      )}
    </Field>
  );
}
