import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "../styles/class-names.ts";
import styles from "./Notice.module.css";

interface NoticeProps {
  readonly tone: "info" | "warning" | "error";
  readonly children: ReactNode;
}

const icons = { info: Info, warning: TriangleAlert, error: CircleAlert };

/** A sentence that must be seen, in the place that it is about. */
export function Notice({ tone, children }: NoticeProps) {
  const Icon = icons[tone];
  return (
    <div className={classNames(styles.notice, styles[tone])} role={tone === "error" ? "alert" : "status"}>
      <Icon size={14} aria-hidden="true" className={styles.icon} />
      <div className={styles.text}>{children}</div>
    </div>
  );
}
