import type { ReactNode } from "react";
import styles from "./ScreenHeading.module.css";

interface ScreenHeadingProps {
  readonly title: string;
  readonly note?: string;
  /** Stands before the title, e.g. the way back. */
  readonly before?: ReactNode;
  readonly children?: ReactNode;
}

/** The bar above a screen: what it is, and what can be done with all of it. */
export function ScreenHeading({ title, note, before, children }: ScreenHeadingProps) {
  return (
    <header className={styles.heading}>
      {before}
      <h1 className={styles.title}>{title}</h1>
      {note !== undefined && <span className={styles.note}>{note}</span>}
      <span className={styles.actions}>{children}</span>
    </header>
  );
}
