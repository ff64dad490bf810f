import { Unplug } from "lucide-react";
import { useLink } from "../api/api-context.ts";
import styles from "./Banner.module.css";

/** Says that the core cannot be reached, and that what is shown may be old. */
export function LinkBanner() {
  const link = useLink();
  if (link.state !== "disconnected") return null;
  const isSignedOut = link.failure.code === "not-signed-in";
  return (
    <div className={styles.warning} role="alert">
      <Unplug size={15} aria-hidden="true" />
      <b>{isSignedOut ? "Not signed in." : "Disconnected, retrying."}</b> {link.failure.message} What you see may be out of date.
    </div>
  );
}
