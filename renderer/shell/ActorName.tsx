import { Bot, ShieldCheck, ShieldQuestion } from "lucide-react";
import { visibleText } from "../format/visible-text.ts";
import { classNames } from "../styles/class-names.ts";
import styles from "./ActorName.module.css";
import { PlainText } from "./PlainText.tsx";
import { actorSentence, type ShownActor } from "./shown-actor.ts";

interface ActorNameProps {
  readonly actor: ShownActor;
  /** With the mark's words, where there is room; else the mark alone. */
  readonly spelledOut?: boolean;
}

/** Who ran it. No identity stands without its mark: who was vouched for, which machine, and who is not authenticated. */
export function ActorName({ actor, spelledOut = false }: ActorNameProps) {
  const { Icon, look, words } = markOf(actor);
  return (
    <span className={styles.actor} title={visibleText(actorSentence(actor))}>
      <span className={classNames(styles.name, look === "unproven" && styles.doubtful)}>
        <PlainText text={actor.name} />
      </span>
      <span className={classNames(styles.mark, styles[look], spelledOut && styles.spelledOut)}>
        <Icon size={12} aria-hidden="true" />
        <span className={spelledOut ? styles.words : styles.hidden}>
          <PlainText text={words} />
        </span>
      </span>
    </span>
  );
}

function markOf({ kind, authenticated, owner }: ShownActor) {
  if (!authenticated || kind === "os-user") return { Icon: ShieldQuestion, look: "unproven", words: "not authenticated" } as const;
  if (kind === "machine") return { Icon: Bot, look: "machine", words: owner === null ? "machine" : `machine of ${owner}` } as const;
  return { Icon: ShieldCheck, look: "proven", words: "authenticated" } as const;
}
