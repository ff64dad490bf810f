/** Plays a dialogue without sockets: what it says is compared, what it waits for is given to it. */
import { expect } from "vitest";
import type { TokenVerdict } from "../../proxy/model/client-credential.ts";
import type { TlsFacts } from "../../proxy/model/session.ts";
import { decodeErrPacket, type ErrPacket } from "../../proxy/protocol/err-packet.ts";
import { type Dialogue, type Outcome, type Refusal, Refused, type Side, type Step } from "../../proxy/relay/dialogue.ts";

/** TLS as `encrypts` reports it. */
export const someTls: TlsFacts = { version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384" };

export class Playbook<Result> {
  private readonly dialogue: Dialogue<Result>;
  private now: IteratorResult<Step, Result> | { readonly refusal: Refusal } | null = null;

  constructor(dialogue: Dialogue<Result>) {
    this.dialogue = dialogue;
    this.advance();
  }

  /** The dialogue now sends `payload` to `side`. */
  says(side: Side, payload: Buffer): this {
    return this.saysSomething(side, (said) => expect(said.toString("hex")).toBe(payload.toString("hex")));
  }

  /** The dialogue now sends something to `side`, which is given to `look`. */
  saysSomething(side: Side, look: (payload: Buffer) => void): this {
    const step = this.step();
    if (step.kind !== "send" || step.to !== side) throw new Error(`expected to send to ${side}, but: ${JSON.stringify(step)}`);
    look(step.payload);
    this.advance({ kind: "sent" });
    return this;
  }

  /** The dialogue now waits for `side`, whose packet is `payload`. */
  hears(side: Side, payload: Buffer): this {
    const step = this.step();
    expect(step.kind === "receive" ? [side, "either"] : step.kind).toContain(step.kind === "receive" ? step.whose : side);
    this.advance({ kind: "packet", from: side, payload: Buffer.from(payload) });
    return this;
  }

  /** The dialogue now waits for nobody but `side`. */
  waitsOnlyFor(side: Side): this {
    expect(this.step()).toEqual({ kind: "receive", whose: side });
    return this;
  }

  /** The dialogue now turns on TLS on `side`. */
  encrypts(side: Side): this {
    expect(this.step()).toEqual({ kind: "encrypt", side });
    this.advance({ kind: "encrypted", tls: someTls });
    return this;
  }

  /** The dialogue now has `token` verified; `verdict` is what comes of it. */
  verifies(token: string, verdict: TokenVerdict): this {
    const step = this.step();
    expect(step.kind === "verify-token" ? step.token.toString("utf8") : step.kind).toBe(token);
    this.advance({ kind: "verdict", verdict });
    return this;
  }

  /** The dialogue now waits for some time. */
  pauses(milliseconds: number): this {
    expect(this.step()).toEqual({ kind: "pause", milliseconds });
    this.advance({ kind: "paused" });
    return this;
  }

  /** What the dialogue ended with. */
  get result(): Result {
    if (this.now === null || "refusal" in this.now || !this.now.done) throw new Error(`not at its end: ${JSON.stringify(this.now)}`);
    return this.now.value;
  }

  /** What the dialogue was refused with. */
  get refusal(): Refusal {
    if (this.now === null || !("refusal" in this.now)) throw new Error(`not refused: ${JSON.stringify(this.now)}`);
    return this.now.refusal;
  }

  /** The error that the client is told. */
  get error(): ErrPacket {
    const { answer } = this.refusal;
    if (answer === null) throw new Error("the client is told nothing");
    if (!Buffer.isBuffer(answer)) return answer;
    const decoded = decodeErrPacket(answer);
    if (!decoded.ok) throw new Error(decoded.malformed);
    return decoded.value;
  }

  private step(): Step {
    if (this.now === null || "refusal" in this.now || this.now.done) throw new Error(`already at its end: ${JSON.stringify(this.now)}`);
    return this.now.value;
  }

  private advance(outcome?: Outcome): void {
    try {
      // A generator's first `next` takes no value.
      this.now =
        outcome === undefined
          ? (this.dialogue.next as () => IteratorResult<Step, Result>).call(this.dialogue)
          : this.dialogue.next(outcome);
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown;
      this.now = { refusal: thrown.refusal };
    }
  }
}
