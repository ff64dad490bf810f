import { ShieldQuestion } from "lucide-react";
import { classNames } from "../styles/class-names.ts";
import styles from "./ActorName.module.css";
import { PlainText } from "./PlainText.tsx";

const explanation = "Not authenticated: the operating system's user on this workstation. Nobody has vouched for this identity.";

interface ActorNameProps {
  readonly name: string;
  readonly authenticated: boolean;
  /** With the words "not authenticated", where there is room; else the mark alone. */
  readonly spelledOut?: boolean;
}

/** Who ran it. An identity that is not authenticated never stands without its mark. */
export function ActorName({ name, authenticated, spelledOut = false }: ActorNameProps) {
  if (authenticated) return <PlainText text={name} />;
  return (
    <span className={styles.actor} title={explanation}>
      <span className={styles.name}>
        <PlainText text={name} />
      </span>
      <span className={classNames(styles.mark, spelledOut && styles.spelledOut)}>
        <ShieldQuestion size={12} aria-hidden="true" />
        {spelledOut ? "not authenticated" : <span className={styles.hidden}>not authenticated</span>}
      </span>
    </span>
  );
}
