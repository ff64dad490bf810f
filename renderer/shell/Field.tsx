import { type ReactNode, useId } from "react";
import { classNames } from "../styles/class-names.ts";
import controls from "../styles/controls.module.css";
import styles from "./Field.module.css";

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  /** Draws the control; `control` carries what ties it to its label, hint and error. */
  readonly children: (control: ControlProps) => ReactNode;
}

/** Attributes that every control of a field takes. */
export interface ControlProps {
  readonly id: string;
  readonly className: string;
  readonly "aria-invalid": boolean;
  readonly "aria-describedby": string | undefined;
}

/** A label, a control, and next to it what it is for or what is wrong with it. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <div className={styles.control}>
        {children({
          id,
          className: classNames(controls.input),
          "aria-invalid": error !== undefined,
          "aria-describedby": note === undefined ? undefined : `${id}-note`,
        })}
        {note !== undefined && (
          <div id={`${id}-note`} className={classNames(styles.note, error !== undefined && styles.error)}>
            {note}
          </div>
        )}
      </div>
    </div>
  );
}
