import { Separator } from "react-resizable-panels";
import { classNames } from "../styles/class-names.ts";
import styles from "./PaneSeparator.module.css";

interface PaneSeparatorProps {
  /** Of the line itself. */
  readonly orientation: "horizontal" | "vertical";
  readonly label: string;
}

/** The line between two panes; drag it, or focus it and use the arrow keys. */
export function PaneSeparator({ orientation, label }: PaneSeparatorProps) {
  return <Separator aria-label={label} className={classNames(styles.separator, styles[orientation])} />;
}
