import { AlertDialog } from "radix-ui";
import type { ReactNode } from "react";
import { classNames } from "../styles/class-names.ts";
import controls from "../styles/controls.module.css";

interface ConfirmDialogProps {
  readonly title: ReactNode;
  /** What becomes of what, and what stays. */
  readonly text: string;
  /** The words of the button that does it. */
  readonly action: string;
  readonly onConfirm: () => void;
  /** The button that asks. */
  readonly children: ReactNode;
}

/** Asks before something is done that cannot be taken back. */
export function ConfirmDialog({ title, text, action, onConfirm, children }: ConfirmDialogProps) {
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger asChild>{children}</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={controls.veil} />
        <AlertDialog.Content className={controls.dialog}>
          <AlertDialog.Title className={controls.dialogTitle}>{title}</AlertDialog.Title>
          <AlertDialog.Description className={controls.dialogText}>{text}</AlertDialog.Description>
          <div className={controls.dialogActions}>
            <AlertDialog.Cancel className={controls.button}>Keep it</AlertDialog.Cancel>
            <AlertDialog.Action className={classNames(controls.button, controls.danger)} onClick={onConfirm}>
              {action}
            </AlertDialog.Action>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
