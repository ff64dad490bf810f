import { appendFileSync, closeSync, openSync } from "node:fs";
import { join } from "node:path";
import type { Actor, PersonActor } from "../model/actor.ts";
import type { RefusedClient } from "../model/client-credential.ts";
import { failureOf } from "../model/failure.ts";
import { isoMicros } from "../model/value.ts";
import type { IdentitySettings } from "./identity-settings.ts";
import { RepeatLimit } from "./repeat-limit.ts";
import type { SignInEvent } from "./sign-ins.ts";

/** A machine as the log names it. */
interface LoggedMachine {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
}

/**
 * What the access log is told of. `actor` is who did it; `null` where nobody had signed in. No secret is in any of it.
 */
export type AccessEvent =
  | SignInEvent
  /** `call`: the name of the call or stream; `needs`: the roles of which one would have done. */
  | { readonly kind: "refused-call"; readonly actor: PersonActor | null; readonly call: string; readonly needs: readonly string[] }
  /** A client whose credential or token was not accepted; `user` is what it named. */
  | ({ readonly kind: "refused-client"; readonly actor: null } & Omit<RefusedClient, "at">)
  | {
      readonly kind: "credential-minted" | "credential-revoked";
      readonly actor: Actor;
      readonly credential: string;
      readonly user: string;
      readonly connection: string;
    }
  | {
      readonly kind: "machine-registered" | "machine-rotated" | "machine-revoked" | "machine-removed";
      readonly actor: Actor;
      readonly machine: LoggedMachine;
    }
  /** As they are from now on. */
  | ({ readonly kind: "identity-settings-changed"; readonly actor: Actor; readonly provider: string | null } & Pick<
      IdentitySettings,
      "roles" | "endOpenSessions"
    >);

/** What anybody can cause as often as they like. */
const repeatable = ["refused-call", "refused-client", "sign-in-failed", "sign-in-answer-refused"] as const;

export interface AccessLogOptions {
  readonly dataDirectory: string;
  /** Hears why something could not be written; what happened goes on without it. */
  readonly failed: (message: string) => void;
  /** Milliseconds since the Unix epoch. */
  readonly now?: () => number;
}

export function accessLogPath(dataDirectory: string): string {
  return join(dataDirectory, "access-log.jsonl");
}

/**
 * Who signed in and out, and what was refused to whom: one JSON object a line, in a file that is only ever added to. Of what
 * repeats itself each few are written, and then how many more there were (`times`), so that no loop fills the disk.
 */
export class AccessLog {
  readonly #path: string;
  readonly #failed: (message: string) => void;
  readonly #now: () => number;
  /** Each kind has its own: what a client makes up hides nothing that was refused to a person. */
  readonly #limits: ReadonlyMap<AccessEvent["kind"], RepeatLimit<AccessEvent>> = new Map(
    repeatable.map((kind) => [kind, new RepeatLimit<AccessEvent>()]),
  );

  constructor({ dataDirectory, failed, now = Date.now }: AccessLogOptions) {
    this.#path = accessLogPath(dataDirectory);
    this.#failed = failed;
    this.#now = now;
  }

  /** Writes it before it returns; never throws. */
  record(event: AccessEvent): void {
    const now = this.#now();
    this.#writeHeldBack(now);
    const passes = this.#limits.get(event.kind)?.passes(repeatKey(event), event, now) ?? true;
    if (passes) this.#append(now, event);
  }

  /** Writes what was only counted so far. */
  close(): void {
    this.#writeHeldBack(Number.POSITIVE_INFINITY);
  }

  #writeHeldBack(until: number): void {
    for (const limit of this.#limits.values()) {
      for (const { last, times } of limit.ended(until)) this.#append(this.#now(), { ...last, times });
    }
  }

  /** One write for each line, so that those of several processes do not mix. */
  #append(now: number, { kind, actor, ...rest }: AccessEvent & { readonly times?: number }): void {
    const line = `${JSON.stringify({ at: isoMicros(now * 1000), kind, actor, ...rest })}\n`;
    try {
      const file = openSync(this.#path, "a", 0o600);
      try {
        appendFileSync(file, line);
      } finally {
        closeSync(file);
      }
    } catch (thrown) {
      this.#failed(`The access log ${this.#path} could not be written: ${failureOf(thrown).message}. Not written: ${line.trimEnd()}`);
    }
  }
}

/** What makes two events the same; the names that a client makes up are no part of it where they are long. */
function repeatKey(event: AccessEvent): string {
  const who = event.actor?.kind === "person" ? `${event.actor.issuer} ${event.actor.subject}` : "";
  switch (event.kind) {
    case "refused-call":
      return `${event.kind} ${event.call} ${who}`;
    case "refused-client":
      return `${event.kind} ${event.connection} ${event.user?.slice(0, 100)}`;
    case "sign-in-failed":
      return `${event.kind} ${event.code}`;
    default:
      return event.kind;
  }
}
