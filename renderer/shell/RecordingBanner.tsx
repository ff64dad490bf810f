import { OctagonAlert } from "lucide-react";
import { useStatus } from "../state/status.ts";
import styles from "./Banner.module.css";
import { PlainText } from "./PlainText.tsx";

/** Says as loudly as this window can that nothing is being recorded, and why. */
export function RecordingBanner() {
  const recording = useStatus(({ status }) => status?.recording ?? null);
  if (recording === null || recording.state === "recording") return null;
  return (
    <div className={recording.state === "failing" ? styles.alarm : styles.warning} role="alert">
      <OctagonAlert size={15} aria-hidden="true" />
      <b>{recording.state === "failing" ? "Recording is failing; traffic is refused." : "Recording is stopped."}</b>{" "}
      <PlainText text={recording.message} />
    </div>
  );
}
