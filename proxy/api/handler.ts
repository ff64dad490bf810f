import type { z } from "zod";
import type { CallName, CallOutput, Calls, StreamEvent, StreamName, Streams } from "./contract.ts";

/** A call's input after validation. */
export type ValidInput<N extends CallName> = z.output<Calls[N]["input"]>;
/** A subscription's input after validation. */
export type ValidStreamInput<N extends StreamName> = z.output<Streams[N]["input"]>;

/**
 * One function for each call; a rejection with `FailureError` becomes the call's failure. When `signal` aborts, nobody
 * waits for the answer any more.
 */
export type CallHandlers = { readonly [N in CallName]: (input: ValidInput<N>, signal?: AbortSignal) => Promise<CallOutput<N>> };

/**
 * One function for each stream. The iterable is pulled: it is asked for the next event only when the transport can
 * take one, so a slow user interface costs a larger batch, never memory. It ends when `signal` aborts.
 */
export type StreamHandlers = {
  readonly [N in StreamName]: (input: ValidStreamInput<N>, signal: AbortSignal) => AsyncIterable<StreamEvent<N>>;
};

export interface Handlers {
  readonly calls: CallHandlers;
  readonly streams: StreamHandlers;
}
