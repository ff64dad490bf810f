import type { MachineOfSubject } from "../../identity/oidc/token-verifier.ts";
import {
  credentialOf,
  endOf,
  type MachineSettings,
  type MachineWithSecret,
  type RegisteredMachine,
  registerMachine,
  rotateMachine,
} from "../../identity/registered-machine.ts";
import type { ClientCredential } from "../../model/client-credential.ts";
import { FailureError } from "../../model/failure.ts";
import type { UnixMicros } from "../../model/value.ts";
import type { SharedFile } from "../../shared-file.ts";

/** A machine that a provider's token may be of. */
export interface MachineOfToken extends MachineOfSubject {
  readonly id: string;
  readonly connections: readonly string[] | null;
  readonly until: UnixMicros | null;
}

/** A subject whose tokens let nobody in any more, and why. */
export interface EndedSubject {
  readonly subject: string;
  readonly message: string;
}

const now = (): UnixMicros => Date.now() * 1000;

/** The machines that are registered in a data directory. Changes reject with a `FailureError`, and have changed nothing then. */
export class MachineStore {
  readonly #file: SharedFile<readonly RegisteredMachine[]>;

  constructor(file: SharedFile<readonly RegisteredMachine[]>) {
    this.#file = file;
  }

  list(): readonly RegisteredMachine[] {
    return this.#file.value.filter(({ removedAt }) => removedAt === null);
  }

  /** Hears each change, whichever process made it. */
  onChange(listener: () => void): () => void {
    return this.#file.onChange(listener);
  }

  refresh(): Promise<void> {
    return this.#file.refresh();
  }

  /** Rejects with `name-taken`, `subject-taken` or `invalid-input`. */
  register(settings: MachineSettings): Promise<MachineWithSecret> {
    return this.#file.change((machines) => {
      const problem = problemWith(settings, machines);
      if (problem !== null) throw problem;
      const made = registerMachine(settings, now());
      return { value: [...machines, made.machine], result: made };
    });
  }

  /** Gives it another secret. Rejects with `no-such-machine`, `revoked` or `no-secret`. */
  rotate(id: string): Promise<MachineWithSecret> {
    return this.#file.change((machines) => {
      const machine = found(machines, id);
      if (machine.revokedAt !== null) throw new FailureError("revoked", `“${machine.name}” was revoked. Register it anew.`);
      if (machine.verifiers === null) {
        throw new FailureError(
          "no-secret",
          `“${machine.name}” presents tokens of the identity provider and has no secret here; rotate it there.`,
        );
      }
      const made = rotateMachine(machine, now());
      return { value: replaced(machines, made.machine), result: made };
    });
  }

  /** Ends it for good; again changes nothing. Rejects with `no-such-machine`. */
  revoke(id: string): Promise<RegisteredMachine> {
    return this.#file.change((machines) => {
      const machine = found(machines, id);
      const revoked = { ...machine, revokedAt: machine.revokedAt ?? now() };
      return { value: replaced(machines, revoked), result: revoked };
    });
  }

  /** Takes a machine out of the list that was revoked or has expired. Rejects with `still-good` or `no-such-machine`. */
  remove(id: string): Promise<RegisteredMachine> {
    return this.#file.change((machines) => {
      const machine = found(machines, id);
      if (endOf(machine, now()) === null) throw new FailureError("still-good", `“${machine.name}” can still sign in. Revoke it first.`);
      const without = machines.filter((other) => other.id !== id);
      // Tokens of its subject are still made elsewhere.
      const kept = machine.tokenSubject === null ? [] : [{ ...machine, removedAt: now() }];
      return { value: [...kept, ...without], result: machine };
    });
  }

  /** What clients may present, and what they could before it ended. */
  credentials(): readonly ClientCredential[] {
    return this.list().flatMap((machine) => credentialOf(machine, now()) ?? []);
  }

  /**
   * The machine whose tokens have this subject; `null` where none has. Throws a `FailureError` (`token-refused`) where it ended: its
   * tokens are then nobody's, and never those of a person of that subject.
   */
  ofSubject(subject: string): MachineOfToken | null {
    const machines = this.#file.value.filter(({ tokenSubject }) => tokenSubject === subject);
    const good = machines.find((machine) => endOf(machine, now()) === null);
    const [ended] = machines;
    if (good === undefined && ended !== undefined) throw new FailureError("token-refused", endOf(ended, now()) ?? "");
    if (good === undefined) return null;
    const { id, name, owner, groups, connections, until } = good;
    return { id, name, owner, groups, connections, until };
  }

  /** Subjects of tokens that were a machine's which ended. */
  endedSubjects(): readonly EndedSubject[] {
    const subjects = new Set(this.#file.value.flatMap(({ tokenSubject }) => tokenSubject ?? []));
    return [...subjects].flatMap((subject) => {
      const ends = this.#file.value.filter(({ tokenSubject }) => tokenSubject === subject).map((machine) => endOf(machine, now()));
      const message = ends.at(-1) ?? null;
      return message === null || ends.includes(null) ? [] : [{ subject, message }];
    });
  }
}

function problemWith(settings: MachineSettings, machines: readonly RegisteredMachine[]): FailureError | null {
  const { name, owner, until, tokenSubject } = settings;
  if (/\p{Cc}/u.test(name + owner)) return new FailureError("invalid-input", "Names cannot have line ends or control characters in them.");
  if (until !== null && until <= now())
    return new FailureError("invalid-input", "The machine would have expired already. Choose a later end.");
  const good = machines.filter((machine) => endOf(machine, now()) === null);
  if (good.some((machine) => machine.name === name))
    return new FailureError("name-taken", `Another machine is already named “${name}”; choose another name, or rotate its secret.`);
  if (tokenSubject !== null && good.some((machine) => machine.tokenSubject === tokenSubject))
    return new FailureError("subject-taken", `Another machine already presents tokens of the subject “${tokenSubject}”.`);
  return null;
}

function found(machines: readonly RegisteredMachine[], id: string): RegisteredMachine {
  const machine = machines.find((each) => each.id === id && each.removedAt === null);
  if (machine === undefined) throw new FailureError("no-such-machine", "There is no such machine; it may have been removed.");
  return machine;
}

function replaced(machines: readonly RegisteredMachine[], changed: RegisteredMachine): readonly RegisteredMachine[] {
  return machines.map((machine) => (machine.id === changed.id ? changed : machine));
}
