import type { ConnectionListed } from "../../proxy/api/contract.ts";
import { classNames } from "../styles/class-names.ts";
import styles from "./ListenerMark.module.css";

const words = { listening: "listening", stopped: "stopped", failed: "failed" };

/** Whether a connection's listener takes clients; in a word, and by a mark. */
export function ListenerMark({ listener }: { readonly listener: ConnectionListed["listener"] }) {
  return (
    <span className={classNames(styles.mark, styles[listener.state])}>
      <span className={styles.dot} aria-hidden="true" />
      {words[listener.state]}
    </span>
  );
}
