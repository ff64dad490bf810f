import { AlertDialog } from "radix-ui";
import type { ReactNode } from "react";
import { PlainText } from "../shell/PlainText.tsx";
import { classNames } from "../styles/class-names.ts";
import controls from "../styles/controls.module.css";

interface RemoveDialogProps {
  readonly name: string;
  readonly onRemove: () => void;
  /** The button that asks. */
  readonly children: ReactNode;
}

/** Asks before a connection is removed, and says what stays. */
export function RemoveDialog({ name, onRemove, children }: RemoveDialogProps) {
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger asChild>{children}</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={controls.veil} />
        <AlertDialog.Content className={controls.dialog}>
          <AlertDialog.Title className={controls.dialogTitle}>
            Remove <PlainText text={name} />?
          </AlertDialog.Title>
          <AlertDialog.Description className={controls.dialogText}>
            Its settings and stored passwords are deleted, its listener stops, and its open sessions end. What was recorded stays.
          </AlertDialog.Description>
          <div className={controls.dialogActions}>
            <AlertDialog.Cancel className={controls.button}>Keep it</AlertDialog.Cancel>
            <AlertDialog.Action className={classNames(controls.button, controls.danger)} onClick={onRemove}>
              Remove connection
            </AlertDialog.Action>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
