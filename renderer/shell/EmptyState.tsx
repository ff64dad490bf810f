import type { ReactNode } from "react";
import styles from "./EmptyState.module.css";

interface EmptyStateProps {
  readonly title: string;
  readonly children?: ReactNode;
}

/** What a place without content says: what it is, and what to do next. */
export function EmptyState({ title, children }: EmptyStateProps) {
  return (
    <div className={styles.empty}>
      <div className={styles.page}>
        <h2 className={styles.title}>{title}</h2>
        {children}
      </div>
    </div>
  );
}
