import { CircleAlert, X } from "lucide-react";
import banner from "../shell/Banner.module.css";
import { PlainText } from "../shell/PlainText.tsx";
import controls from "../styles/controls.module.css";
import { useCommandFailure } from "./run-command.ts";

/** Says which command failed and why. */
export function CommandFailureBanner() {
  const { failed } = useCommandFailure();
  if (failed === null) return null;
  return (
    <div className={banner.warning} role="alert">
      <CircleAlert size={15} aria-hidden="true" />
      <b>{failed.title}: this failed.</b> <PlainText text={failed.failure.message} />
      <button type="button" className={controls.icon} aria-label="Dismiss" onClick={() => useCommandFailure.setState({ failed: null })}>
        <X size={14} aria-hidden="true" />
      </button>
    </div>
  );
}
