import { randomUUID } from "node:crypto";
import type { MachineActor } from "../model/actor.ts";
import type { ClientCredential, PasswordVerifiers } from "../model/client-credential.ts";
import type { UnixMicros } from "../model/value.ts";
import { verifiersOf } from "../protocol/auth/password-verifiers.ts";
import { newSecret, userNameFor } from "./made-credential.ts";

/** What an administrator says of a machine. */
export interface MachineSettings {
  readonly name: string;
  /** A person who answers for it. */
  readonly owner: string;
  readonly groups: readonly string[];
  /** Ids of connections that it may use; `null` for all. */
  readonly connections: readonly string[] | null;
  /** `null`: until it is revoked. */
  readonly until: UnixMicros | null;
  /** Subject of the provider's tokens for it; `null` where it has a secret of its own. */
  readonly tokenSubject: string | null;
}

/** A machine that may use the proxy: an MCP server, a job. Of its secret only what verifies it is kept. */
export interface RegisteredMachine extends MachineSettings {
  readonly id: string;
  /** User name that it presents. */
  readonly user: string;
  readonly registeredAt: UnixMicros;
  readonly rotatedAt: UnixMicros | null;
  readonly revokedAt: UnixMicros | null;
  /** It is in no list any more, and is known only so that tokens of its subject are never taken for a person's. */
  readonly removedAt: UnixMicros | null;
  /** `null` where it presents the provider's tokens. */
  readonly verifiers: PasswordVerifiers | null;
}

/** A machine with the secret that was just made for it, which is told once; `null` where it has none. */
export interface MachineWithSecret {
  readonly machine: RegisteredMachine;
  readonly secret: string | null;
}

export function registerMachine(settings: MachineSettings, now: UnixMicros): MachineWithSecret {
  const secret = settings.tokenSubject === null ? newSecret() : null;
  const machine: RegisteredMachine = {
    ...settings,
    id: randomUUID(),
    user: userNameFor(settings.name, "machine"),
    registeredAt: now,
    rotatedAt: null,
    revokedAt: null,
    removedAt: null,
    verifiers: secret === null ? null : verifiersOf(secret),
  };
  return { machine, secret };
}

/** The machine with another secret; the one before is of no use from now on. */
export function rotateMachine(machine: RegisteredMachine, now: UnixMicros): MachineWithSecret {
  const secret = newSecret();
  return { machine: { ...machine, rotatedAt: now, verifiers: verifiersOf(secret) }, secret };
}

/** Why it lets nobody in any more and what to do, for whoever presents it; `null` while it is good. */
export function endOf(machine: RegisteredMachine, now: UnixMicros): string | null {
  const who = `The machine identity “${machine.name}”`;
  if (machine.removedAt !== null)
    return `${who} was removed from Stenograph. Ask ${machine.owner} or an administrator to register it again.`;
  if (machine.revokedAt !== null) return `${who} was revoked at Stenograph. Ask ${machine.owner} or an administrator for another one.`;
  if (machine.until !== null && machine.until <= now)
    return `${who} has expired at Stenograph. Ask ${machine.owner} or an administrator to register it anew.`;
  return null;
}

/** The actor of its sessions where it presents its own secret. */
export function actorOf({ id, name, owner, groups }: RegisteredMachine): MachineActor {
  return { kind: "machine", name, authenticated: true, issuer: null, subject: id, owner, groups, via: "secret" };
}

/** Its credential; `null` where it has no secret of its own. */
export function credentialOf(machine: RegisteredMachine, now: UnixMicros): ClientCredential | null {
  const { id, user, verifiers, connections, until } = machine;
  if (verifiers === null) return null;
  return { id, user, verifiers, actor: actorOf(machine), connections, until, ended: endOf(machine, now) };
}
