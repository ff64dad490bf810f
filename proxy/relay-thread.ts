/** The relay's thread: wires the listeners to the recorder, and obeys the main thread. */
import path from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { failureOf } from "./model/failure.ts";
import { nowNs } from "./recording/clock.ts";
import { Recorder } from "./recording/recorder.ts";
import { newSessionId } from "./recording/recording-files.ts";
import { type ClientIdentity, loadClientIdentity } from "./relay/client-identity.ts";
import { Listener, type ListenerContext } from "./relay/listener.ts";
import type { FromRelay, RelayStart, ToRelay } from "./relay/messages.ts";

const port = parentPort;
if (port === null) throw new Error("relay-thread.ts runs as a worker thread only");
const start = workerData as RelayStart;
const say = (message: FromRelay): void => port.postMessage(message);

const recorder = new Recorder(start.dataDirectory, {
  state: (state) => say({ kind: "recording", state }),
  progress: (files) => say({ kind: "progress", files }),
});
const listeners = new Map<string, Listener>();
let open = 0;

function contextWith(clientIdentity: ClientIdentity): ListenerContext {
  return {
    recorder,
    recorderId: start.recorder,
    actor: start.actor,
    clientIdentity,
    newSessionId,
    now: () => Number(nowNs() / 1000n),
    sessionsChanged: (by) => {
      open += by;
      say({ kind: "sessions", open });
    },
    log: (message) => say({ kind: "log", message }),
  };
}

async function obey(message: ToRelay, context: ListenerContext): Promise<void> {
  switch (message.kind) {
    case "listen": {
      const { connection, secrets } = message;
      await unlisten(connection.id);
      const listener = new Listener(connection, secrets, context);
      const state = await listener.listen();
      if (state.state === "listening") listeners.set(connection.id, listener);
      say({ kind: "listener", connection: connection.id, state });
      return;
    }
    case "unlisten":
      await unlisten(message.connection);
      say({ kind: "listener", connection: message.connection, state: { state: "stopped" } });
      return;
    case "stop":
      await Promise.all([...listeners.keys()].map(unlisten));
      recorder.stop();
      say({ kind: "stopped" });
      port?.close();
  }
}

async function unlisten(connection: string): Promise<void> {
  const listener = listeners.get(connection);
  listeners.delete(connection);
  await listener?.stop();
}

try {
  const identity = await loadClientIdentity(path.join(start.dataDirectory, "tls"));
  const context = contextWith(identity);
  let last: Promise<void> = Promise.resolve();
  port.on("message", (message: ToRelay) => {
    last = last.then(() => obey(message, context));
  });
  say({ kind: "ready", authorityFile: identity.authorityFile });
} catch (thrown) {
  say({ kind: "unable", message: failureOf(thrown).message });
  recorder.stop();
}
