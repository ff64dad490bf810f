import { Dialog } from "radix-ui";
import { classNames } from "../styles/class-names.ts";
import controls from "../styles/controls.module.css";
import { offeredCommands } from "./commands.ts";
import { keyNames } from "./key-names.ts";
import { closeOverlay, useOverlay } from "./overlay.ts";
import styles from "./ShortcutSheet.module.css";

const inLists: readonly (readonly [keys: string, what: string])[] = [
  ["↑ ↓ or k j", "Previous, next"],
  ["PgUp PgDn", "A page up, down"],
  ["Home End", "First, last"],
  ["Enter", "Go on to the details, open the cell"],
  ["Esc", "Close the details"],
  ["← →", "Previous, next column of a result"],
];

/** All keys on one sheet. */
export function ShortcutSheet() {
  const open = useOverlay((state) => state.open === "shortcuts");
  const bound = offeredCommands().filter((command) => command.keys !== undefined);
  return (
    <Dialog.Root open={open} onOpenChange={(now) => !now && closeOverlay()}>
      <Dialog.Portal>
        <Dialog.Overlay className={controls.veil} />
        <Dialog.Content className={classNames(controls.dialog, styles.sheet)} aria-describedby={undefined}>
          <Dialog.Title className={controls.dialogTitle}>Keyboard shortcuts</Dialog.Title>
          <div className={styles.columns}>
            <Keys title="Everywhere" keys={bound.map((command) => [keyNames(command.keys?.[0] ?? ""), command.title])} />
            <Keys title="In lists and results" keys={inLists} />
          </div>
          <div className={controls.dialogActions}>
            <Dialog.Close className={controls.button}>Close</Dialog.Close>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface KeysProps {
  readonly title: string;
  readonly keys: readonly (readonly [keys: string, what: string])[];
}

function Keys({ title, keys }: KeysProps) {
  return (
    <section>
      <h3 className={styles.title}>{title}</h3>
      <dl className={styles.keys}>
        {keys.map(([key, what]) => (
          <div key={what} className={styles.row}>
            <dt>
              <kbd className={styles.key}>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
