import { ArrowDownToLine } from "lucide-react";
import { count } from "../format/quantity.ts";
import { classNames } from "../styles/class-names.ts";
import controls from "../styles/controls.module.css";
import styles from "./FollowToggle.module.css";

interface FollowToggleProps {
  readonly following: boolean;
  /** Statements that arrived since following was suspended. */
  readonly arrived: number;
  readonly onFollowing: (following: boolean) => void;
}

/** Whether the list stays at its newest row. Suspending it pauses the view, never the recording. */
export function FollowToggle({ following, arrived, onFollowing }: FollowToggleProps) {
  return (
    <button
      type="button"
      className={classNames(controls.button, controls.quiet, following && controls.pressed)}
      aria-pressed={following}
      title={
        following
          ? "Following the newest statement. Scroll up to suspend."
          : "Go to the newest statement and follow. Recording goes on either way."
      }
      onClick={() => onFollowing(!following)}
    >
      <ArrowDownToLine size={14} aria-hidden="true" />
      Follow
      {arrived > 0 && <span className={styles.badge}>{count(arrived)} new</span>}
    </button>
  );
}
