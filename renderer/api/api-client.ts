import type {
  CallInput,
  CallName,
  CallOutput,
  FromClient,
  FromCore,
  MessageChannel,
  StreamEvent,
  StreamInput,
  StreamName,
} from "../../proxy/api/contract.ts";
import { cancelled, type Failure, FailureError, failureOf } from "../../proxy/model/failure.ts";
import { type LinkState, LinkStore } from "./link-state.ts";
import { reconnectDelay } from "./reconnect-delay.ts";

/** Opens one transport to the core; rejects with a `FailureError` where it cannot be opened. */
export type OpenChannel = () => Promise<MessageChannel<FromClient, FromCore>>;

/** Runs `action` after `milliseconds` and returns what cancels it; injected so that tests own the time. */
export type Schedule = (action: () => void, milliseconds: number) => () => void;

/** What a subscriber hears. After `failure` the subscription is over. */
export interface StreamListener<N extends StreamName> {
  event(event: StreamEvent<N>): void;
  failure(failure: Failure): void;
  /** The input to subscribe with after a reconnect, given the last event; how a cursor moves on. Default: the first input again. */
  resume?(last: StreamEvent<N>): StreamInput<N>;
}

/** The core as the user interface sees it. */
export interface Api {
  /** One request. Rejects with a `FailureError`; an aborted `signal` cancels it at the core too. */
  call<N extends CallName>(name: N, input: CallInput<N>, signal?: AbortSignal): Promise<CallOutput<N>>;
  /** One subscription that survives reconnects; returns what ends it. */
  subscribe<N extends StreamName>(name: N, input: StreamInput<N>, listener: StreamListener<N>): () => void;
  readonly link: LinkStore;
}

interface PendingCall {
  readonly id: number;
  readonly name: CallName;
  readonly input: unknown;
  sent: boolean;
  settle(result: { readonly output: unknown } | { readonly failure: Failure }): void;
}

interface Subscription {
  readonly id: number;
  readonly name: StreamName;
  input: unknown;
  hear(event: unknown): void;
  fail(failure: Failure): void;
}

/** Events of one stream that the core may send ahead of what was received here. */
const eventWindow = 16;

/** Calls that change something: never sent a second time, because the first may have been carried out. */
const changing: ReadonlySet<CallName> = new Set([
  "connections.save",
  "connections.remove",
  "connections.start",
  "connections.stop",
  "library.reindex",
  "identity.signIn",
  "identity.signOut",
  "identity.saveSettings",
  "credentials.mint",
  "credentials.revoke",
  "machines.register",
  "machines.rotate",
  "machines.revoke",
  "machines.remove",
]);

const lost: Failure = {
  code: "disconnected",
  message: "The connection to Stenograph was lost before the answer came, so it is not known whether this was done. Look, then try again.",
};

/**
 * The client of the contract over any transport. While the transport is away, calls wait; those that only read and were
 * under way are asked again; subscriptions are made again from their last cursor, so that no event is lost or repeated.
 */
export class ApiClient implements Api {
  readonly link = new LinkStore();
  readonly #open: OpenChannel;
  readonly #schedule: Schedule;
  readonly #calls = new Map<number, PendingCall>();
  readonly #subscriptions = new Map<number, Subscription>();
  #channel: MessageChannel<FromClient, FromCore> | null = null;
  #nextId = 1;
  #attempt = 0;
  #cancelRetry: (() => void) | null = null;
  #closed = false;

  constructor(open: OpenChannel, schedule: Schedule) {
    this.#open = open;
    this.#schedule = schedule;
    this.#connect();
  }

  call<N extends CallName>(name: N, input: CallInput<N>, signal?: AbortSignal): Promise<CallOutput<N>> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(cancelled());
        return;
      }
      const id = this.#nextId++;
      const abort = (): void => {
        const pending = this.#calls.get(id);
        if (pending?.sent) this.#channel?.send({ kind: "cancel", id });
        pending?.settle({ failure: cancelled() });
      };
      const settle: PendingCall["settle"] = (result) => {
        this.#calls.delete(id);
        signal?.removeEventListener("abort", abort);
        if ("failure" in result) reject(new FailureError(result.failure.code, result.failure.message));
        else resolve(result.output as CallOutput<N>);
      };
      signal?.addEventListener("abort", abort);
      const pending: PendingCall = { id, name, input, sent: false, settle };
      this.#calls.set(id, pending);
      this.#sendCall(pending);
    });
  }

  subscribe<N extends StreamName>(name: N, input: StreamInput<N>, listener: StreamListener<N>): () => void {
    const id = this.#nextId++;
    const subscription: Subscription = {
      id,
      name,
      input,
      hear: (event) => {
        const heard = event as StreamEvent<N>;
        if (listener.resume !== undefined) subscription.input = listener.resume(heard);
        listener.event(heard);
      },
      fail: (failure) => listener.failure(failure),
    };
    this.#subscriptions.set(id, subscription);
    this.#channel?.send({ kind: "subscribe", id, name, input, window: eventWindow });
    return () => {
      if (this.#subscriptions.delete(id)) this.#channel?.send({ kind: "cancel", id });
    };
  }

  /** Tries again now instead of when the back-off says. */
  retryNow(): void {
    if (this.#cancelRetry === null) return;
    this.#cancelRetry();
    this.#connect();
  }

  /** Ends the client for good: closes the transport, fails what is pending. */
  close(): void {
    this.#closed = true;
    this.#cancelRetry?.();
    this.#channel?.close();
    this.#channel = null;
    for (const call of [...this.#calls.values()]) call.settle({ failure: { code: "closed", message: "Stenograph is closing." } });
    this.#subscriptions.clear();
  }

  #connect(): void {
    this.#cancelRetry = null;
    this.#open().then(
      (channel) => this.#opened(channel),
      (reason: unknown) => this.#retryLater(failureOf(reason)),
    );
  }

  #opened(channel: MessageChannel<FromClient, FromCore>): void {
    if (this.#closed) {
      channel.close();
      return;
    }
    this.#channel = channel;
    this.#attempt = 0;
    channel.onMessage((message) => this.#receive(message));
    channel.onClose(() => this.#gone(channel));
    for (const subscription of this.#subscriptions.values()) {
      channel.send({ kind: "subscribe", id: subscription.id, name: subscription.name, input: subscription.input, window: eventWindow });
    }
    for (const call of this.#calls.values()) this.#sendCall(call);
    this.link.set({ state: "connected" });
  }

  #gone(channel: MessageChannel<FromClient, FromCore>): void {
    if (this.#channel !== channel) return;
    this.#channel = null;
    for (const call of [...this.#calls.values()]) {
      if (call.sent && changing.has(call.name)) call.settle({ failure: lost });
      else call.sent = false;
    }
    if (!this.#closed) this.#retryLater({ code: "disconnected", message: "Stenograph's core does not answer." });
  }

  #retryLater(failure: Failure): void {
    if (this.#closed) return;
    const delay = reconnectDelay(this.#attempt++);
    const state: LinkState = { state: "disconnected", failure, retryInMs: delay };
    this.#cancelRetry = this.#schedule(() => this.#connect(), delay);
    this.link.set(state);
  }

  #sendCall(call: PendingCall): void {
    if (this.#channel === null || call.sent) return;
    call.sent = true;
    this.#channel.send({ kind: "call", id: call.id, name: call.name, input: call.input });
  }

  #receive(message: FromCore): void {
    switch (message.kind) {
      case "answer":
        this.#calls.get(message.id)?.settle({ output: message.output });
        return;
      case "event":
        this.#subscriptions.get(message.id)?.hear(message.event);
        this.#channel?.send({ kind: "received", id: message.id });
        return;
      case "failure": {
        this.#calls.get(message.id)?.settle({ failure: message.failure });
        const subscription = this.#subscriptions.get(message.id);
        this.#subscriptions.delete(message.id);
        subscription?.fail(message.failure);
        return;
      }
      default:
        message satisfies never;
    }
  }
}
