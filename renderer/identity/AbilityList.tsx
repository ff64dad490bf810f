import { Check, Minus } from "lucide-react";
import { useIdentity } from "../state/identity.ts";
import { classNames } from "../styles/class-names.ts";
import styles from "./AbilityList.module.css";
import { abilities, eitherOf } from "./role-text.ts";

/** What the person may do and what not, with the role that it would need. */
export function AbilityList({ readsAll }: { readonly readsAll: boolean }) {
  const allowed = useIdentity((state) => state.allowed);
  return (
    <ul className={styles.list}>
      {abilities.map(({ title, call, needs }) => {
        const may = allowed.has(call);
        const Icon = may ? Check : Minus;
        return (
          <li key={call} className={classNames(styles.ability, may ? styles.may : styles.mayNot)}>
            <Icon size={14} aria-hidden="true" className={styles.icon} />
            <span>
              <span className={styles.hidden}>{may ? "Allowed: " : "Not allowed: "}</span>
              {title}
              {may && call === "sessions.list" && (readsAll ? ", of everybody" : ", your own")}
            </span>
            {!may && <span className={styles.needs}>needs the role {eitherOf(needs)}</span>}
          </li>
        );
      })}
    </ul>
  );
}
