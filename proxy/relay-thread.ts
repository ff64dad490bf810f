/** The relay's thread: wires the listeners to the recorder, and obeys the main thread. */
import path from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import type { TokenVerdict } from "./model/client-credential.ts";
import { failureOf } from "./model/failure.ts";
import { nowNs } from "./recording/clock.ts";
import { Recorder } from "./recording/recorder.ts";
import { newSessionId } from "./recording/recording-files.ts";
import { identityGate, ownGate } from "./relay/client-gate.ts";
import { type ClientIdentity, loadClientIdentity } from "./relay/client-identity.ts";
import { processLimits } from "./relay/client-process.ts";
import { KnownCredentials } from "./relay/known-credentials.ts";
import { Listener, type ListenerContext } from "./relay/listener.ts";
import type { FromRelay, RelayStart, ToRelay } from "./relay/messages.ts";
import { SignInPace } from "./relay/sign-in-pace.ts";
import { ThreadQuestions } from "./relay/thread-questions.ts";
import { tokenLimits } from "./relay/token-limits.ts";

const port = parentPort;
if (port === null) throw new Error("relay-thread.ts runs as a worker thread only");
const start = workerData as RelayStart;
const say = (message: FromRelay): void => port.postMessage(message);

const recorder = new Recorder(start.dataDirectory, {
  state: (state) => say({ kind: "recording", state }),
  progress: (files) => say({ kind: "progress", files }),
});
const listeners = new Map<string, Listener>();
const now = (): number => Number(nowNs() / 1000n);
const known = new KnownCredentials(now);
const tokens = new ThreadQuestions(tokenLimits);
const processes = new ThreadQuestions(processLimits);
let open = 0;
/** Settles when the listeners are as they were last asked to be. */
let last: Promise<void> = Promise.resolve();

function contextWith(clientIdentity: ClientIdentity): ListenerContext {
  return {
    recorder,
    recorderId: start.recorder,
    actor: start.actor,
    clientIdentity,
    pace: new SignInPace(),
    gateOf: (connection, secrets) =>
      connection.identity === "sign-in" ? identityGate(connection, known, verifyToken) : ownGate(connection, secrets),
    newSessionId,
    now,
    sessionsChanged: (by) => {
      open += by;
      say({ kind: "sessions", open });
    },
    processOf: (ends) => processes.ask((request) => say({ kind: "whose-socket", request, ends })),
    refused: (refused) => say({ kind: "refused-client", refused }),
    log: (message) => say({ kind: "log", message }),
  };
}

/** Has a token verified; it is overwritten here once it was handed over. */
function verifyToken(connection: string, token: Buffer): Promise<TokenVerdict> {
  const verdict = tokens.ask((request) => say({ kind: "verify-token", request, connection, token }));
  token.fill(0);
  return verdict;
}

/** Obeys at once, but for what starts and stops listeners, which takes its time and is done in order. */
function hear(message: ToRelay, context: ListenerContext): void {
  switch (message.kind) {
    case "credentials":
      known.replace(message.credentials);
      return;
    case "end-sessions":
      known.end(message.credentials, message.message);
      for (const listener of listeners.values()) listener.endSessionsOf(new Set(message.credentials), message.message);
      return;
    case "client-process":
      processes.answered(message.request, message.process);
      return;
    case "verified-token":
      tokens.answered(message.request, message.verdict);
      return;
    case "tell-progress":
      recorder.announce();
      say({ kind: "told-progress", request: message.request });
      return;
    default:
      last = last.then(() => obey(message, context));
  }
}

type ListenerOrder = Extract<ToRelay, { kind: "listen" | "unlisten" | "stop" }>;

async function obey(message: ListenerOrder, context: ListenerContext): Promise<void> {
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
  port.on("message", (message: ToRelay) => hear(message, context));
  say({ kind: "ready", authorityFile: identity.authorityFile });
} catch (thrown) {
  say({ kind: "unable", message: failureOf(thrown).message });
  recorder.stop();
}
