import { useEffect } from "react";
import { tinykeys } from "tinykeys";
import { useApi } from "../api/api-context.ts";
import { commands, offeredCommands } from "./commands.ts";
import { useOverlay } from "./overlay.ts";
import { runCommand } from "./run-command.ts";

/** Listens for every command's shortcut. Single letters rest while text is being written or something lies over the screen. */
export function useShortcuts(): void {
  const api = useApi();
  useEffect(() => {
    const bindings: Record<string, (event: KeyboardEvent) => void> = {};
    for (const command of commands) {
      for (const keys of command.keys ?? []) {
        bindings[keys] = (event) => {
          if (command.everywhere !== true && (isWriting(event.target) || useOverlay.getState().open !== null)) return;
          if (!offeredCommands().includes(command)) return;
          event.preventDefault();
          void runCommand(command, api);
        };
      }
    }
    return tinykeys(window, bindings, { ignore: () => false });
  }, [api]);
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable], .monaco-editor") !== null;
}
