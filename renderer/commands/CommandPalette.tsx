import { Command as Palette } from "cmdk";
import { Dialog } from "radix-ui";
import { useApi } from "../api/api-context.ts";
import { classNames } from "../styles/class-names.ts";
import controls from "../styles/controls.module.css";
import styles from "./CommandPalette.module.css";
import { type Command, offeredCommands } from "./commands.ts";
import { keyNames } from "./key-names.ts";
import { closeOverlay, useOverlay } from "./overlay.ts";
import { runCommand } from "./run-command.ts";

const groups: readonly Command["group"][] = ["Go to", "View", "Theme", "Library", "Identity", "Help"];

/** Every command, found by typing. */
export function CommandPalette() {
  const open = useOverlay((state) => state.open === "palette");
  const api = useApi();
  const run = (command: Command): void => {
    closeOverlay();
    // After the palette has given the focus back, so that a command can put it where it wants.
    requestAnimationFrame(() => void runCommand(command, api));
  };
  return (
    <Dialog.Root open={open} onOpenChange={(now) => !now && closeOverlay()}>
      <Dialog.Portal>
        <Dialog.Overlay className={controls.veil} />
        <Dialog.Content className={styles.palette} aria-describedby={undefined}>
          <Dialog.Title className={styles.hidden}>Commands</Dialog.Title>
          <Palette label="Commands" loop>
            <Palette.Input className={styles.input} placeholder="What do you want to do?" />
            <Palette.List className={styles.list}>
              <Palette.Empty className={styles.empty}>No command is called that.</Palette.Empty>
              {groups.map((group) => (
                <Palette.Group key={group} heading={group} className={styles.group}>
                  {offeredCommands()
                    .filter((command) => command.group === group)
                    .map((command) => (
                      <Palette.Item
                        key={command.id}
                        value={`${command.group} ${command.title}`}
                        className={classNames(controls.item, styles.item)}
                        onSelect={() => run(command)}
                      >
                        {command.title}
                        {command.keys?.[0] !== undefined && <span className={controls.keys}>{keyNames(command.keys[0])}</span>}
                      </Palette.Item>
                    ))}
                </Palette.Group>
              ))}
            </Palette.List>
          </Palette>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
