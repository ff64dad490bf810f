import { OctagonAlert } from "lucide-react";
import { useStatus } from "../state/status.ts";
import styles from "./Banner.module.css";
import { PlainText } from "./PlainText.tsx";

/** Says as loudly as this window can that nothing is being recorded, or that it is not entered in the device log, and why. */
export function RecordingBanner() {
  const recording = useStatus(({ status }) => status?.recording ?? null);
  if (recording === null) return null;
  if (recording.state === "recording") return <DeviceLogBanner />;
  return (
    <div className={recording.state === "failing" ? styles.alarm : styles.warning} role="alert">
      <OctagonAlert size={15} aria-hidden="true" />
      <b>{recording.state === "failing" ? "Recording is failing; traffic is refused." : "Recording is stopped."}</b>{" "}
      <PlainText text={recording.message} />
    </div>
  );
}

function DeviceLogBanner() {
  const deviceLog = useStatus(({ status }) => status?.evidence.deviceLog ?? null);
  if (deviceLog?.state !== "failing") return null;
  return (
    <div className={styles.warning} role="alert">
      <OctagonAlert size={15} aria-hidden="true" />
      <b>Sessions are recorded, but not entered in the device log.</b> <PlainText text={deviceLog.message} />
    </div>
  );
}
