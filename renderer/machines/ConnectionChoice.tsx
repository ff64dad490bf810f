import type { ConnectionListed } from "../../proxy/api/contract.ts";
import { PlainText } from "../shell/PlainText.tsx";
import styles from "./ConnectionChoice.module.css";

interface ConnectionChoiceProps {
  readonly connections: readonly ConnectionListed[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Which connections a machine may use: those that are ticked, or all where none is. */
export function ConnectionChoice({ connections, chosen, onChange }: ConnectionChoiceProps) {
  const usable = connections.filter(({ identity }) => identity === "sign-in");
  const toggle = (id: string): void => onChange(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  return (
    <fieldset className={styles.choice}>
      <legend className={styles.legend}>Connections</legend>
      {usable.map(({ id, name }) => (
        <label key={id} className={styles.option}>
          <input type="checkbox" checked={chosen.includes(id)} onChange={() => toggle(id)} />
          <PlainText text={name} />
        </label>
      ))}
      <p className={styles.note}>
        {usable.length === 0
          ? "No connection asks its clients who they are yet: set “Clients are” of one of them to who signed in."
          : chosen.length === 0
            ? "None is ticked: it may use all that ask their clients who they are, also later ones."
            : "It may use those that are ticked, and no other."}
      </p>
    </fieldset>
  );
}
