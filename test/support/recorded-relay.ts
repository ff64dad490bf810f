/** A listener with its recorder in the test's own process, so that a test can stand between the recorder and the disk. */
import type { ClientCredential, RefusedClient, TokenVerdict } from "../../proxy/model/client-credential.ts";
import type { Connection, ConnectionSecrets } from "../../proxy/model/connection.ts";
import type { RecordingState } from "../../proxy/model/status.ts";
import { nowNs } from "../../proxy/recording/clock.ts";
import { Recorder } from "../../proxy/recording/recorder.ts";
import { newSessionId } from "../../proxy/recording/recording-files.ts";
import type { RecordingFileSystem } from "../../proxy/recording/recording-writer.ts";
import { identityGate, ownGate } from "../../proxy/relay/client-gate.ts";
import type { ConnectionPhaseLimits } from "../../proxy/relay/connection-phase.ts";
import { KnownCredentials } from "../../proxy/relay/known-credentials.ts";
import { Listener, type ListenerContext } from "../../proxy/relay/listener.ts";
import { SignInPace } from "../../proxy/relay/sign-in-pace.ts";
import { connectionWith } from "./connection-phase-settings.ts";
import { newClientIdentity } from "./phase-proxy.ts";
import { temporaryDirectory } from "./stenograph.ts";

export interface RecordedRelayOptions {
  readonly upstream: { readonly host: string; readonly port: number };
  readonly connection?: Partial<Connection>;
  readonly secrets?: ConnectionSecrets;
  readonly limits?: ConnectionPhaseLimits;
  /** What clients may present to a connection with the identity `sign-in`. */
  readonly credentials?: readonly ClientCredential[];
  readonly verifyToken?: (token: Buffer) => Promise<TokenVerdict>;
  readonly processOf?: ListenerContext["processOf"];
  /** Stands in for the file system. */
  readonly files?: RecordingFileSystem;
}

export interface RecordedRelay {
  readonly port: number;
  readonly dataDirectory: string;
  /** Every state that the recorder told, in order. */
  readonly states: readonly RecordingState[];
  /** Every sentence for the log. */
  readonly log: readonly string[];
  /** Every client that was turned away because of who it said it is. */
  readonly refused: readonly RefusedClient[];
  /** What clients may present from now on. */
  setCredentials(credentials: readonly ClientCredential[]): void;
  endSessions(credentials: readonly string[], message: string): void;
  openSessions(): number;
  /** Resolves when no session is open. */
  untilIdle(): Promise<void>;
  /** Resolves at the next state that the recorder tells, if `state` is not what it is in already. */
  untilState(state: RecordingState["state"]): Promise<void>;
  /** Ends in order: sessions, listener, recorder. The recordings stay until `remove`. */
  stop(): Promise<void>;
  remove(): void;
}

/** Listens on a free port of 127.0.0.1 and records into a directory of its own. */
export async function startRecordedRelay(options: RecordedRelayOptions): Promise<RecordedRelay> {
  const directory = temporaryDirectory();
  const { identity, remove } = await newClientIdentity();
  const states: RecordingState[] = [];
  const log: string[] = [];
  const refused: RefusedClient[] = [];
  const now = (): number => Number(nowNs() / 1000n);
  const known = new KnownCredentials(now);
  known.replace(options.credentials ?? []);
  const verifyToken = options.verifyToken ?? (() => Promise.reject(new Error("no token was expected")));
  const changed = new Set<() => void>();
  const announce = (): void => {
    for (const wake of changed) wake();
  };
  let open = 0;
  const recorder = new Recorder(
    directory.path,
    {
      state: (state) => {
        states.push(state);
        announce();
      },
      progress: () => undefined,
    },
    options.files,
  );
  const connection = connectionWith({ upstream: options.upstream, ...options.connection });
  const listener = new Listener(connection, options.secrets ?? { upstreamPassword: null, clientPassword: null }, {
    recorder,
    recorderId: "00000000-0000-4000-8000-000000000000",
    actor: { kind: "os-user", name: "tester", authenticated: false },
    clientIdentity: identity,
    ...(options.limits && { limits: options.limits }),
    pace: new SignInPace(),
    gateOf: (connection, secrets) =>
      connection.identity === "sign-in"
        ? identityGate(connection, known, (_id, token) => verifyToken(token))
        : ownGate(connection, secrets),
    processOf: options.processOf ?? (() => Promise.resolve(null)),
    refused: (client) => refused.push(client),
    newSessionId,
    now,
    sessionsChanged: (by) => {
      open += by;
      announce();
    },
    log: (message) => log.push(message),
  });
  const state = await listener.listen();
  if (state.state !== "listening") throw new Error(`the relay does not listen: ${JSON.stringify(state)}`);
  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!condition()) return;
        changed.delete(look);
        resolve();
      };
      changed.add(look);
      look();
    });
  return {
    port: state.port,
    dataDirectory: directory.path,
    states,
    log,
    refused,
    setCredentials: (credentials) => known.replace(credentials),
    endSessions: (credentials, message) => {
      known.end(credentials, message);
      listener.endSessionsOf(new Set(credentials), message);
    },
    openSessions: () => open,
    untilIdle: () => until(() => open === 0),
    untilState: (wanted) => until(() => recorder.state.state === wanted),
    stop: async () => {
      await listener.stop();
      recorder.stop();
      await remove();
    },
    remove: () => directory[Symbol.dispose](),
  };
}
