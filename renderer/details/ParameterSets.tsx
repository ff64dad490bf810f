import type { StatementDetail } from "../../proxy/api/contract.ts";
import { count } from "../format/quantity.ts";
import styles from "./ParameterList.module.css";
import { ParameterList } from "./ParameterList.tsx";

/** The parameters of each execution of a bulk command, as far as they are shown. */
export function ParameterSets({ sets }: { readonly sets: NonNullable<StatementDetail["paramSets"]> }) {
  return (
    <>
      {sets.shown.map((parameters, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a set is its place
        <section key={place} aria-label={`Execution ${place + 1}`}>
          <h3 className={styles.set}>Execution {count(place + 1)}</h3>
          <ParameterList parameters={parameters} />
        </section>
      ))}
      {sets.shown.length < sets.count && (
        <p className={styles.none}>
          The first {count(sets.shown.length)} of {count(sets.count)} executions. The recording holds all of them.
        </p>
      )}
    </>
  );
}
