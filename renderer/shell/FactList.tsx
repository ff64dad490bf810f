import type { ReactNode } from "react";
import styles from "./FactList.module.css";

/** A fact: its name, and what is known; `null` facts are left out. */
export type Fact = readonly [name: string, value: ReactNode];

/** Names and values in two columns. */
export function FactList({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className={styles.facts}>
      {facts
        .filter(([, value]) => value !== null && value !== "")
        .map(([name, value]) => (
          <div key={name} className={styles.fact}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
