/** Runs dialogues on sockets: one place where packets meet sockets, TLS and time. */
import type { TlsFacts } from "../model/session.ts";
import {
  clientMalformed,
  type Dialogue,
  type Outcome,
  type Refusal,
  Refused,
  refusal,
  type Side,
  type Step,
  upstreamMalformed,
} from "./dialogue.ts";
import type { Lost, Taken } from "./packet-stream.ts";
import type { Encrypted } from "./tls.ts";

/** Packets of one side, in both directions. */
export interface PacketSide {
  /** Takes the next packet if it is there; `null` if not yet. */
  take(): Taken | null;
  /** Why nothing more will come; `null` while it can. */
  readonly gone: Lost | null;
  /** Calls `changed` when `take` may find something new. One listener at a time. */
  onChange(changed: () => void): void;
  /** Sends one packet under the next sequence id. */
  send(payload: Buffer): void;
}

/** The two sides of a session, and how each of them turns to TLS and goes on with it. */
export interface Sides {
  readonly client: PacketSide;
  readonly upstream: PacketSide;
  readonly encrypt: (side: Side, limitMs: number) => Promise<Encrypted>;
}

export type DialogueEnd<Result> = { readonly ok: true; readonly value: Result } | { readonly ok: false; readonly refusal: Refusal };

/** Runs `dialogue` to its end, which comes within `limitMs` whatever the peers do. */
export async function runDialogue<Result>(dialogue: Dialogue<Result>, sides: Sides, limitMs: number): Promise<DialogueEnd<Result>> {
  const deadline = performance.now() + limitMs;
  try {
    let next = dialogue.next();
    while (!next.done) {
      const outcome = await perform(next.value, sides, deadline, limitMs);
      next = dialogue.next(outcome);
    }
    return { ok: true, value: next.value };
  } catch (thrown) {
    if (thrown instanceof Refused) return { ok: false, refusal: thrown.refusal };
    throw thrown;
  } finally {
    // Where a peer was lost it still waits for an outcome; what it has to give back, it gives back now.
    dialogue.return(undefined as never);
  }
}

async function perform(step: Step, sides: Sides, deadline: number, limitMs: number): Promise<Outcome> {
  switch (step.kind) {
    case "send":
      sides[step.to].send(step.payload);
      return { kind: "sent" };
    case "receive":
      return await nextPacket(step.whose, sides, deadline, limitMs);
    case "encrypt":
      return { kind: "encrypted", tls: await encrypted(step.side, sides, deadline) };
    case "verify-token":
      return { kind: "verdict", verdict: await step.verify(step.token) };
    case "pause":
      await paused(step.milliseconds, sides);
      return { kind: "paused" };
  }
}

/** Lets time pass. A side that is gone ends it: nobody waits any more. */
async function paused(milliseconds: number, sides: Sides): Promise<void> {
  const { promise: over, resolve: end } = Promise.withResolvers<"over">();
  const timer = setTimeout(() => end("over"), milliseconds);
  try {
    for (;;) {
      for (const side of ["upstream", "client"] as const) {
        const { gone } = sides[side];
        if (gone !== null) throw lostPeer(side, gone);
      }
      if ((await Promise.race([over, somethingChanged(sides)])) === "over") return;
    }
  } finally {
    clearTimeout(timer);
  }
}

function somethingChanged(sides: Sides): Promise<"changed"> {
  return new Promise((resolve) => {
    sides.client.onChange(() => resolve("changed"));
    sides.upstream.onChange(() => resolve("changed"));
  });
}

/** Waits for a packet of `whose`. A client that is gone ends the wait for the upstream too, and the reverse. */
async function nextPacket(whose: Side | "either", sides: Sides, deadline: number, limitMs: number): Promise<Outcome> {
  const { promise: late, resolve: expire } = Promise.withResolvers<"late">();
  const timer = setTimeout(() => expire("late"), deadline - performance.now());
  try {
    for (;;) {
      for (const side of ["upstream", "client"] as const) {
        const taken = whose === side || whose === "either" ? sides[side].take() : null;
        if (taken?.kind === "packet") return { kind: "packet", from: side, payload: taken.payload };
        if (taken?.kind === "lost") throw lostPeer(side, taken);
        const { gone } = sides[side];
        if (gone !== null) throw lostPeer(side, gone);
      }
      if ((await Promise.race([somethingChanged(sides), late])) === "late")
        throw tooLate(whose === "upstream" ? "upstream" : "client", limitMs);
    }
  } finally {
    clearTimeout(timer);
  }
}

async function encrypted(side: Side, sides: Sides, deadline: number): Promise<TlsFacts> {
  const end = await sides.encrypt(side, deadline - performance.now());
  if (!end.ok) throw side === "client" ? clientTlsFailed(end.late, end.message) : upstreamTlsFailed(end.message);
  return end.facts;
}

function lostPeer(side: Side, lost: Lost): Refused {
  if (lost.how === "malformed") return side === "client" ? clientMalformed(lost.detail) : upstreamMalformed(lost.detail);
  if (side === "client") {
    const detail = `The client went away during sign-in: ${lost.detail}.`;
    return new Refused({ cause: lost.how === "reset" ? "client-reset" : "client-closed", detail, answer: null });
  }
  return refusal(lost.how === "reset" ? "upstream-reset" : "upstream-closed", {
    errno: 1158,
    sqlstate: "08S01",
    message: `The upstream went away during sign-in: ${lost.detail}. Check its error log.`,
  });
}

function tooLate(side: Side, limitMs: number): Refused {
  const seconds = `${limitMs / 1000} s`;
  if (side === "client") {
    const message = `The client did not sign in within ${seconds}, so the connection is closed.`;
    return refusal("client-timeout", { errno: 1159, sqlstate: "08S01", message });
  }
  const message = `The upstream did not answer within ${seconds} during sign-in. Check that it is up and that this port is a MySQL server's.`;
  return refusal("upstream-unreachable", { errno: 1159, sqlstate: "08S01", message });
}

function clientTlsFailed(late: boolean, message: string): Refused {
  const detail = `The TLS handshake with the client failed: ${message}.`;
  return new Refused({ cause: late ? "client-timeout" : "client-malformed", detail, answer: null });
}

function upstreamTlsFailed(message: string): Refused {
  return refusal("upstream-unreachable", {
    errno: 1429,
    sqlstate: "HY000",
    message: `TLS towards the upstream failed: ${message}. Check the upstream's certificate and the certificate authority of this connection.`,
  });
}
