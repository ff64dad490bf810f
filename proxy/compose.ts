/** The only file that wires concrete parts together; the hosts and the demo start the workstation here. */
import { randomUUID } from "node:crypto";
import { statSync } from "node:fs";
import { access, constants, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ConnectionListeners } from "./api/connections/connection-listeners.ts";
import { ConnectionStore } from "./api/connections/connection-store.ts";
import type { Core } from "./api/core.ts";
import type { Handlers } from "./api/handler.ts";
import { allHandlers } from "./api/handlers/all-handlers.ts";
import { Callers } from "./api/identity/callers.ts";
import { hostCaller } from "./api/identity/host-caller.ts";
import type { ServerChannel } from "./api/server-channel.ts";
import { composeEvidence, type RunningEvidence } from "./compose-evidence.ts";
import { composeIdentity, type RunningIdentity } from "./compose-identity.ts";
import type { AnswerPlace } from "./identity/answers/answer-place.ts";
import { begunBy, begunByProgram, loopbackPlace } from "./identity/answers/loopback-listener.ts";
import type { StartKeyring } from "./identity/keyring.ts";
import { MemorySecretStore } from "./identity/memory-secret-store.ts";
import { openSecrets } from "./identity/open-secrets.ts";
import { osUserActor } from "./identity/os-user.ts";
import type { SecretCipher } from "./identity/secret-cipher.ts";
import type { SecretStore } from "./identity/secret-store.ts";
import { LibraryClient, type SealHooks } from "./library/library-client.ts";
import type { Actor } from "./model/actor.ts";
import { FailureError, failureOf } from "./model/failure.ts";
import { printable } from "./model/printable.ts";
import { program } from "./model/program.ts";
import { takePassphrase } from "./passphrase.ts";
import { leftBehind } from "./recording/left-behind.ts";
import { RecorderLock } from "./recording/recorder-lock.ts";
import { closeCrashed } from "./recording/recovery.ts";
import type { RecordingGrowth } from "./relay/messages.ts";
import { RelayClient } from "./relay/relay-client.ts";
import { sealLate } from "./seal-late.ts";

export { defaultDataDirectory } from "./config.ts";
export type { SecretCipher, StartKeyring };

export interface WorkstationOptions {
  readonly dataDirectory: string;
  readonly host: "desktop" | "browser";
  /** The workers' programs: TypeScript under Node, what it was built to under Electron. */
  readonly workers: { readonly relay: URL; readonly library: URL };
  readonly demo: boolean;
  /** Asks the system's keychain for the key of stored passwords. */
  readonly keyring?: StartKeyring | null;
  /** Encrypts stored passwords where no keychain answers; without one `STENOGRAPH_PASSPHRASE` does, and without that they are kept for this run only. */
  readonly cipher?: SecretCipher | null;
  /** Opens the identity provider's page in the system's browser; without it the user interface does. Rejects where that failed. */
  readonly openPage?: ((url: string) => Promise<void>) | null;
}

/** How long the relay may take to start before the workstation is shown without it. */
const startLimitMs = 10_000;

/** The running core. */
export interface Workstation {
  readonly core: Core;
  /** For the program that started it, which may do everything. */
  readonly handlers: Handlers;
  readonly library: LibraryClient;
  /** Sentences that a person should read at the start, e.g. that a broken file was put aside. */
  readonly notices: readonly string[];
  /**
   * Serves the contract to a user interface of `caller`: the desktop's window, or one browser with all its pages. `answers`: where
   * the answers to their sign-ins come to; without it to a listener for each, from this program's account.
   */
  connect(channel: ServerChannel, caller: string, answers?: AnswerPlace): void;
  /** The contract as somebody may use it who is not at any user interface yet. */
  newCaller(): Handlers;
  /** `caller` cannot come back: what they began is ended. */
  forget(caller: string): void;
  /** An answer of an identity provider came that nobody waits for, or that somebody else waits for. */
  answerRefused(message: string): void;
  openSessions(): number;
  /** Ends in order: sessions closed, recordings ended, the library after what it is writing. */
  close(): Promise<void>;
}

/** Rejects with a `FailureError` where the data directory cannot be used, and has started nothing then. */
export async function composeWorkstation(options: WorkstationOptions): Promise<Workstation> {
  const { dataDirectory } = options;
  await makeDirectory(dataDirectory);
  const secrets = await openSecrets(dataDirectory, {
    keyring: options.keyring ?? null,
    system: options.cipher ?? null,
    passphrase: takePassphrase(),
  });
  const { store, notice } = await ConnectionStore.open(dataDirectory, secrets.store);
  const identity = await composeIdentity(dataDirectory, say);
  const recorder = await composeRecorder({ ...options, identity, secrets: secrets.store }).catch((thrown: unknown) => {
    identity.close();
    throw thrown;
  });
  const { relay, library, evidence, actor } = recorder;
  const connectionListeners = new ConnectionListeners(store, relay);
  let clientCaFile: string | null = null;
  const core: Core = {
    info: { version: program.version, host: options.host, dataDirectory, actor, demo: options.demo },
    library,
    listeners: relay,
    connections: store,
    connectionListeners,
    identity,
    evidence,
    clientCaFile: () => clientCaFile,
  };
  const own = loopbackPlace(begunBy(process.getuid?.() ?? null));
  const callers = new Callers(core, {
    settings: identity.settings,
    signIns: identity.signIns,
    osUser: actor,
    openPage: options.openPage ?? null,
  });
  const resumed = relay.authorityFile.then((file) => {
    clientCaFile = file;
    return connectionListeners.resume();
  });
  await settledWithin(resumed, startLimitMs);
  const unwatch = store.watch(say);
  return {
    core,
    handlers: allHandlers(core, hostCaller(actor)),
    library,
    notices: notice === null ? secrets.notices : [...secrets.notices, notice],
    connect: (channel, caller, answers = own) => callers.serve(channel, caller, answers, reportUnexpected),
    newCaller: () => callers.handlersFor(randomUUID(), loopbackPlace(begunByProgram)),
    answerRefused: (message) => identity.log.record({ kind: "sign-in-answer-refused", actor: null, message }),
    forget: (caller) => callers.forget(caller),
    openSessions: () => relay.openSessions(),
    close: () => {
      unwatch();
      return recorder.close().finally(() => identity.close());
    },
  };
}

/** What records: the relay, and the library that seals and indexes what it recorded. */
export interface RunningRecorder {
  readonly relay: RelayClient;
  readonly library: LibraryClient;
  readonly evidence: RunningEvidence;
  readonly actor: Actor;
  /** Ends in order: sessions closed, recordings sealed, the library after what it is writing, the device log. */
  close(): Promise<void>;
}

export interface RecorderOptions extends Pick<WorkstationOptions, "dataDirectory" | "workers"> {
  /** Who clients may be; without it they are all the OS user. Whoever made it closes it. */
  readonly identity?: RunningIdentity | null;
  /** Where the device key is kept; without it the key is one for this run. */
  readonly secrets?: SecretStore;
}

/** Starts recording without a user interface. Rejects with a `FailureError` where the data directory cannot be used. */
export async function composeRecorder(options: RecorderOptions): Promise<RunningRecorder> {
  const { dataDirectory, identity = null, secrets = new MemorySecretStore() } = options;
  await makeDirectory(dataDirectory);
  const running: { relay: RelayClient | null } = { relay: null };
  const evidence = await composeEvidence({
    dataDirectory,
    secrets,
    keys: identity?.signIns.keys ?? null,
    sessionsEndAtOnce: () => identity?.settings.value.endOpenSessions.kind === "at-once",
    openSessions: () => running.relay?.openSessions() ?? 0,
    toldOfAll: () => running.relay?.toldOfAll() ?? Promise.resolve(),
    say,
  });
  try {
    const recorder = startRecorder(options, evidence);
    running.relay = recorder.relay;
    return recorder;
  } catch (thrown) {
    await evidence.close();
    throw thrown;
  }
}

function startRecorder({ dataDirectory, workers, identity = null }: RecorderOptions, evidence: RunningEvidence): RunningRecorder {
  const lock = lockRecorder(dataDirectory);
  const actor = osUserActor();
  /** Files of the sessions that were closed, by session, as long as the library has not said that it sealed them. */
  const unsealed = new Map<string, string>();
  const seals: SealHooks = {
    sign: (seal) => evidence.signSeal(seal),
    sealed: (session, seal) => {
      unsealed.delete(session);
      evidence.sealed(session, seal);
    },
  };
  const library = new LibraryClient(workers.library, { dataDirectory, index: true, recorder: lock.id }, seals);
  const relay = new RelayClient({
    worker: workers.relay,
    dataDirectory,
    actor,
    recorder: lock.id,
    log: say,
    ...(identity !== null && { verifyToken: identity.verifyToken, refused: identity.refused }),
    crashed: (open) => grew(endCrashed(dataDirectory, lock.id, open)),
  });
  identity?.serve(relay);
  const grew = (recordings: readonly RecordingGrowth[]): void => {
    for (const { session, path, closed } of recordings) if (closed) unsealed.set(session, path);
    evidence.grew(recordings);
    library.grew(recordings);
  };
  relay.onProgress(grew);
  relay.onChange(() => evidence.recordingState(relay.recordingState()));
  library.onSessions((sessions) => {
    for (const { id, sealed } of sessions) if (sealed) unsealed.delete(id);
  });
  return {
    relay,
    library,
    evidence,
    actor,
    close: async () => {
      await relay.close();
      await library.close();
      await sealLate(dataDirectory, unsealed, seals, say);
      await evidence.close();
      lock.release();
    },
  };
}

/** Ends the recordings of the sessions that went down with the relay's thread: those it told of, and those it had only begun. */
function endCrashed(dataDirectory: string, recorder: string, open: readonly RecordingGrowth[]): RecordingGrowth[] {
  const known = new Set(open.map(({ session }) => session));
  return [...open, ...leftBehind(dataDirectory, recorder, known)].map((file) => (file.closed ? file : endOne(file)));
}

function endOne(file: RecordingGrowth): RecordingGrowth {
  try {
    closeCrashed(file.path);
    return { ...file, size: statSync(file.path).size, closed: true };
  } catch (thrown) {
    say(failureOf(thrown).message);
    return file;
  }
}

/**
 * Waits for the relay, but not for ever: where it cannot work its state says why, and what was recorded before can still
 * be read.
 */
async function settledWithin(started: Promise<void>, limitMs: number): Promise<void> {
  const limit = new AbortController();
  const settled = started.catch(() => undefined);
  await Promise.race([settled, pause(limitMs, undefined, { signal: limit.signal }).catch(() => undefined)]);
  limit.abort();
}

/** Makes the data directory where it is not there. Rejects with a `FailureError` where it cannot be used. */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await makeWithParents(path);
    await access(path, constants.W_OK);
  } catch (cause) {
    throw unusable(path, cause);
  }
}

/** Node's own recursive mkdir goes on for ever where a file system says ENOENT to what it does not let anybody make, as /proc does. */
async function makeWithParents(path: string): Promise<void> {
  const make = (): Promise<void> => mkdir(path, { mode: 0o700 });
  try {
    await make();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "EEXIST" && (await stat(path)).isDirectory()) return;
    if (code !== "ENOENT" || dirname(path) === path) throw cause;
    await makeWithParents(dirname(path));
    await make();
  }
}

function lockRecorder(dataDirectory: string): RecorderLock {
  try {
    return RecorderLock.acquire(dataDirectory);
  } catch (cause) {
    throw unusable(dataDirectory, cause);
  }
}

function unusable(path: string, cause: unknown): FailureError {
  const message = `The data directory ${path} cannot be used: ${directoryProblem(cause)}. Choose another with --data.`;
  return new FailureError("directory-unusable", message, { cause });
}

/** Why a directory could not be made or written, for people; the system's own words where there are none for it here. */
function directoryProblem(cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === "EEXIST" || code === "ENOTDIR") return "something else, e.g. a file, has its name or the name of a directory above it";
  if (code === "EACCES" || code === "EPERM") return "you are not allowed to write there";
  if (code === "EROFS") return "it is on a file system that can only be read";
  return failureOf(cause).message;
}

/** A mistake of the program: the caller gets its message, the log gets where it happened. */
function reportUnexpected(cause: unknown, name: string): void {
  say(`${name} failed unexpectedly: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);
}

function say(line: string): void {
  process.stderr.write(`${line.split("\n").map(printable).join("\n")}\n`);
}
