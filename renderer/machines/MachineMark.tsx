import type { Machine } from "../../proxy/api/contract.ts";
import { classNames } from "../styles/class-names.ts";
import styles from "./MachineMark.module.css";
import { machineState } from "./machine-state.ts";

/** Whether a machine may still use the proxy, in a word. */
export function MachineMark({ machine }: { readonly machine: Machine }) {
  const state = machineState(machine, Date.now() * 1000);
  return <span className={classNames(styles.mark, state !== "good" && styles.ended)}>{state}</span>;
}
