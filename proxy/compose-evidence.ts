/** Wires what this workstation signs and enters: the device key, the device log, its witness, and the seals of sessions. */

import { DeviceLog } from "./evidence/device-log/device-log.ts";
import type { EntryBody, LoggedSignature } from "./evidence/device-log/entry.ts";
import { Heartbeat } from "./evidence/device-log/heartbeat.ts";
import { LateSeals } from "./evidence/device-log/late-seals.ts";
import { deviceLogLockPath } from "./evidence/device-log/log-files.ts";
import { type GrownRecording, SessionEntries, type WrittenSeal } from "./evidence/device-log/session-entries.ts";
import { Witness } from "./evidence/device-log/witness.ts";
import type { SealStated } from "./evidence/seal/seal-statement.ts";
import { DeviceKey } from "./evidence/signing/device-key.ts";
import { identitySigner, type Signer } from "./evidence/signing/signer.ts";
import { openEvidenceSettings } from "./evidence-file.ts";
import { type ExclusiveLock, withExclusiveLock } from "./exclusive-lock.ts";
import { accessLogPath } from "./identity/access-log.ts";
import type { SecretStore } from "./identity/secret-store.ts";
import type { SigningKeys } from "./identity/signing-keys.ts";
import type { Actor } from "./model/actor.ts";
import { FailureError, failureOf } from "./model/failure.ts";
import type { EvidenceState, RecordingState } from "./model/status.ts";
import { nowNs } from "./recording/clock.ts";

import { withSettingsLock } from "./settings-lock.ts";

export interface EvidenceOptions {
  readonly dataDirectory: string;
  /** Where the device key is kept. */
  readonly secrets: SecretStore;
  /** The identity keys of who is signed in; without them only the device signs. */
  readonly keys: SigningKeys | null;
  /** Whether a person's open sessions end with their sign-in. */
  readonly sessionsEndAtOnce: () => boolean;
  /** How many are open now; `null` for a program that records nothing, and neither beats nor looks for what others left. */
  readonly openSessions: (() => number) | null;
  /** Resolves when `grew` was told of every recording that was begun before. */
  readonly toldOfAll?: () => Promise<void>;
  /** Hears sentences for the log. */
  readonly say: (line: string) => void;
}

/** What signs and enters as long as the program runs. Nothing of it throws or is waited for by what records. */
export interface RunningEvidence {
  readonly key: DeviceKey;
  /** For what nothing goes on without being entered: exports, imports, deletions. */
  readonly log: Pick<DeviceLog, "enter">;
  state(): EvidenceState;
  /** Hears each change of the state. */
  onChange(listener: () => void): () => void;
  /** Recordings of this process have grown. */
  grew(recordings: readonly GrownRecording[]): void;
  /** Whether what passes is being recorded. */
  recordingState(state: RecordingState): void;
  /** Signs what a seal states of the session of `actor`. */
  signSeal(seal: { readonly session: string; readonly actor: Actor; readonly facts: SealStated }): Promise<readonly LoggedSignature[]>;
  /** A seal was written. */
  sealed(session: string, seal: WrittenSeal): void;
  /** Resolves when the sessions that ended, or are about to end, with a sign-in are sealed. */
  settled(signIn: string): Promise<void>;
  /** Enters what is left, and sends the newest checkpoint. */
  close(): Promise<void>;
}

/** Of these a witness should know at once. */
const witnessed: ReadonlySet<EntryBody["kind"]> = new Set(["seal", "export", "import", "deletion", "log-put-aside"]);

/** How long an entry waits for another process that writes the device log; a write takes milliseconds. */
const lockWaitMs = 5000;

/** How many late seals are entered before they are written: what waits is bounded. */
const lateAtOnce = 1000;

/** Rejects with a `FailureError` where the settings of evidence, or the device key, cannot be used. */
export async function composeEvidence(options: EvidenceOptions): Promise<RunningEvidence> {
  const { dataDirectory, secrets, keys, openSessions, say } = options;
  const settings = await openEvidenceSettings(dataDirectory);
  const locked = <T>(change: () => Promise<T>): Promise<T> => withSettingsLock(dataDirectory, change);
  const key = await DeviceKey.open({ dataDirectory, store: secrets, locked });
  if (key.problem !== null) say(key.problem);
  const witness = new Witness({ dataDirectory, place: () => settings.value.witness, now: nowMicros });
  const late = new LateSeals(dataDirectory);
  const log = new DeviceLog({
    dataDirectory,
    key,
    locked: (change) => withExclusiveLock(logLock(dataDirectory), change),
    seen: (entry) => late.saw(entry),
    checkpointed: (note, entered) => {
      if (entered.some(({ kind }) => witnessed.has(kind))) witness.offer(note);
      for (const entry of entered) if (entry.kind === "log-put-aside" || entry.kind === "log-torn") say(sentenceOf(entry));
    },
    now: nowMicros,
  });
  const sessions = new SessionEntries({ log, device: key, identityOf: (signIn) => signerOf(keys, signIn) });
  const heartbeat =
    openSessions === null ? null : new Heartbeat({ log, sessions, openSessions, accessLogPath: accessLogPath(dataDirectory) });
  const settled = async (signIn: string): Promise<void> => {
    const open = options.sessionsEndAtOnce();
    await options.toldOfAll?.();
    await sessions.settled(signIn, open);
  };
  keys?.keepUntil(settled);
  const closing = new AbortController();
  const entering = openSessions === null ? Promise.resolve() : enterLate(late, log, sessions, closing.signal);
  const unsubscribe = [settings.watch(say), ...sayingTroubles(log, witness, say)];
  let recording: RecordingState["state"] = "recording";
  return {
    key,
    log,
    state: () => ({ key: { keyId: key.keyId, kept: key.kept }, deviceLog: log.state, witness: witness.state }),
    onChange: (listener) => {
      const ends = [log.onState(listener), witness.onState(listener)];
      return () => void ends.map((end) => end());
    },
    grew: (recordings) => sessions.grew(recordings),
    recordingState: (now) => {
      if (now.state === recording) return;
      recording = now.state;
      log.append(now.state === "recording" ? { kind: "recording-resumed" } : { kind: "recording-failure", message: now.message });
    },
    signSeal: async ({ session, actor, facts }) => {
      // The library may have found it before the relay told of it.
      if (!sessions.knows(session)) await options.toldOfAll?.();
      return sessions.sign(session, actor, facts);
    },
    sealed: (session, seal) => sessions.sealed(session, seal),
    settled,
    close: async () => {
      closing.abort();
      for (const end of unsubscribe) end();
      await entering;
      await heartbeat?.close();
      await log.close();
      await witness.close();
    },
  };
}

/** Enters what is sealed and was not entered, once the log is read. */
async function enterLate(late: LateSeals, log: DeviceLog, sessions: SessionEntries, signal: AbortSignal): Promise<void> {
  await log.flush();
  let entered = 0;
  for await (const { session, seal } of late.missing(signal)) {
    sessions.sealed(session, seal, true);
    entered += 1;
    if (entered % lateAtOnce === 0) await log.flush();
  }
}

/** Says each new trouble of the log and the witness, and its end. */
function sayingTroubles(log: DeviceLog, witness: Witness, say: (line: string) => void): readonly (() => void)[] {
  let told: string | null = null;
  const ofLog = log.onState((state) => say(state.state === "failing" ? state.message : "The device log can be written again."));
  const ofWitness = witness.onState(() => {
    const { state } = witness;
    const trouble = state.state === "failing" ? state.message : null;
    if (trouble !== null && trouble !== told) say(trouble);
    if (trouble === null && told !== null && state.state === "sent") say("The witness has the newest checkpoint again.");
    told = trouble;
  });
  return [ofLog, ofWitness];
}

function signerOf(keys: SigningKeys | null, signIn: string): Signer | null {
  const held = keys?.of(signIn) ?? null;
  return held === null ? null : identitySigner({ clientInstance: held.clientInstance, sign: (bytes) => held.sign(bytes) });
}

function sentenceOf(entry: EntryBody & { readonly kind: "log-put-aside" | "log-torn" }): string {
  if (entry.kind === "log-torn") return `An entry of the device log that was never whole (${entry.bytes} bytes) was cut from its end.`;
  const kept = entry.name === null ? "" : ` What was there is kept as ${entry.name}.`;
  return `The device log is not the one that was signed: ${entry.reason}. Another one was begun, and its first entries say so.${kept}`;
}

function logLock(dataDirectory: string): ExclusiveLock {
  const file = deviceLogLockPath(dataDirectory);
  return {
    file,
    waitMs: lockWaitMs,
    busy: () => new FailureError("device-log-busy", `another process has been writing it for more than ${lockWaitMs / 1000} s`),
    unusable: (cause) => new FailureError("device-log-unwritable", `${file} cannot be locked (${failureOf(cause).message})`),
  };
}

function nowMicros(): number {
  return Number(nowNs() / 1000n);
}
