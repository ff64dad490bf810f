import type { StatusEvent } from "../../proxy/api/contract.ts";
import { bytes, count, counted, duration } from "../format/quantity.ts";
import { useIdentity } from "../state/identity.ts";
import { useStatus } from "../state/status.ts";
import { goTo } from "../state/use-place.ts";
import { classNames } from "../styles/class-names.ts";
import { ActorName } from "./ActorName.tsx";
import styles from "./StatusBar.module.css";
import { shownActor } from "./shown-actor.ts";

/** The state of recording and of the library, at all times. */
export function StatusBar() {
  const { status, info } = useStatus();
  return (
    <footer className={styles.bar}>
      {status === null ? (
        <span className={styles.quiet}>Waiting for Stenograph's core…</span>
      ) : (
        <>
          <Recording recording={status.recording} />
          {status.openSessions !== null && <span>{counted(status.openSessions, "open session")}</span>}
          <Listeners listeners={status.listeners} />
          <span className={styles.space} />
          <Library library={status.library} />
        </>
      )}
      {info !== null && (
        <>
          {info.demo && <span className={styles.demo}>demo</span>}
          <OwnName />
          <span className={styles.quiet} title={`Recordings and library: ${info.dataDirectory}`}>
            {info.host} {info.version}
          </span>
        </>
      )}
    </footer>
  );
}

/** Who the person at the window is, and the way to all that is known of that. */
function OwnName() {
  const identity = useIdentity((state) => state.identity);
  if (identity === null) return null;
  if (identity.state === "signed-out" || identity.state === "signing-in") return <span className={styles.behind}>Not signed in</span>;
  return (
    <button type="button" className={styles.self} aria-label={`You: ${identity.actor.name}`} onClick={() => goTo({ screen: "account" })}>
      <ActorName actor={shownActor(identity.actor)} spelledOut />
    </button>
  );
}

function Recording({ recording }: { readonly recording: StatusEvent["recording"] }) {
  const words = { recording: "Recording", failing: "Recording is failing", stopped: "Recording is stopped" };
  return (
    <span
      className={classNames(styles.recording, recording.state === "recording" ? styles.live : styles[recording.state])}
      role="status"
      title={recording.state === "recording" ? undefined : recording.message}
    >
      <span className={styles.dot} aria-hidden="true" />
      {words[recording.state]}
    </span>
  );
}

function Listeners({ listeners }: { readonly listeners: StatusEvent["listeners"] }) {
  const states = Object.values(listeners);
  const listening = states.filter((listener) => listener.state === "listening").length;
  const failed = states.filter((listener) => listener.state === "failed").length;
  return (
    <span>
      {counted(listening, "listener")}
      {failed > 0 && <b className={styles.failedListeners}>, {failed} failed</b>}
    </span>
  );
}

function Library({ library }: { readonly library: StatusEvent["library"] }) {
  return (
    <span
      className={classNames(library.state !== "current" && styles.behind)}
      title={library.message ?? "The library is the searchable index over the recordings"}
    >
      {[recordedText(library), libraryText(library)].filter((text) => text !== null).join(" · ")}
    </span>
  );
}

/** Everybody's, for who may read that. */
function recordedText({ statements, sessions }: StatusEvent["library"]): string | null {
  return statements === null || sessions === null ? null : `${counted(statements, "statement")} in ${counted(sessions, "session")}`;
}

function libraryText(library: StatusEvent["library"]): string {
  switch (library.state) {
    case "current":
      return "library current";
    case "catching-up":
      return `library ${duration(library.lagMs * 1000)} behind (${bytes(library.lagBytes)})`;
    case "rebuilding":
      return library.statements === null ? "library rebuilding" : `library rebuilding, ${count(library.statements)} done`;
    case "stopped":
      return "library stopped";
    default:
      return library.state satisfies never;
  }
}
