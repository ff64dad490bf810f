import { z } from "zod";
import { FailureError, failureOf } from "../model/failure.ts";
import { type CallName, calls, type FromClient, fromClient, type StreamName, streams } from "./contract.ts";
import type { Handlers } from "./handler.ts";
import type { ServerChannel } from "./server-channel.ts";
import { StreamCredit } from "./stream-credit.ts";

/** Calls and subscriptions that one user interface may have open at once. */
const openLimit = 256;
/** The id of an answer to a message that has none of its own. */
const noId = -1;

/** Hears of failures that are mistakes of the program, for the host's log. */
export type ReportUnexpected = (cause: unknown, name: string) => void;

/**
 * Serves the contract on one channel until it closes. Whatever arrives is answered: a malformed message, an unknown
 * name and a wrong input get a failure of their own, and none of them ends the channel.
 */
export function serveChannel(channel: ServerChannel, handlers: Handlers, report: ReportUnexpected): void {
  const open = new Map<number, Open>();

  const fail = (id: number, cause: unknown, name: string) => {
    const failure = failureOf(cause);
    if (failure.code === "internal") report(cause, name);
    channel.send({ kind: "failure", id, failure });
  };

  const begin = ({ id, name, window }: Named, run: (signal: AbortSignal, credit: StreamCredit) => Promise<void>) => {
    if (open.has(id)) return fail(id, new FailureError("malformed", `The id ${id} is already in use.`), name);
    if (open.size >= openLimit) return fail(id, new FailureError("too-many", `More than ${openLimit} calls are open at once.`), name);
    const controller = new AbortController();
    // Nothing is waited for before the first event.
    const credit = new StreamCredit((window ?? Number.POSITIVE_INFINITY) - 1);
    open.set(id, { controller, credit });
    run(controller.signal, credit)
      .catch((cause: unknown) => {
        if (!controller.signal.aborted) fail(id, cause, name);
      })
      .finally(() => open.delete(id));
  };

  const receive = (message: FromClient) => {
    switch (message.kind) {
      case "call":
        return begin(message, (signal) => answer(channel, handlers, message, signal));
      case "subscribe":
        return begin(message, (signal, credit) => stream(channel, handlers, message, signal, credit));
      case "received":
        return open.get(message.id)?.credit.give();
      case "cancel":
        return open.get(message.id)?.controller.abort();
      default:
        return message satisfies never;
    }
  };

  channel.onMessage((message) => {
    const parsed = fromClient.safeParse(message);
    if (parsed.success) receive(parsed.data);
    else fail(idOf(message), new FailureError("malformed", "The message does not follow the contract."), "malformed");
  });
  channel.onClose(() => {
    for (const { controller } of open.values()) controller.abort();
  });
}

/** A call or a subscription that has not ended. */
interface Open {
  readonly controller: AbortController;
  readonly credit: StreamCredit;
}

interface Named {
  readonly id: number;
  readonly name: string;
  readonly input?: unknown;
  readonly window?: number | undefined;
}

async function answer(channel: ServerChannel, handlers: Handlers, message: Named, signal: AbortSignal): Promise<void> {
  const name = message.name;
  if (!isCall(name)) throw new FailureError("unknown-call", `There is no call named “${name.slice(0, 100)}”.`);
  const input = checked(calls[name].input, message.input);
  // TypeScript cannot relate a name to its own handler across the union; the tables are typed entry by entry.
  const handler = handlers.calls[name] as (input: unknown, signal: AbortSignal) => Promise<unknown>;
  const output = await handler(input, signal);
  if (!signal.aborted) channel.send({ kind: "answer", id: message.id, output });
}

async function stream(
  channel: ServerChannel,
  handlers: Handlers,
  message: Named,
  signal: AbortSignal,
  credit: StreamCredit,
): Promise<void> {
  const name = message.name;
  if (!isStream(name)) throw new FailureError("unknown-stream", `There is no stream named “${name.slice(0, 100)}”.`);
  const input = checked(streams[name].input, message.input);
  const handler = handlers.streams[name] as (input: unknown, signal: AbortSignal) => AsyncIterable<unknown>;
  for await (const event of handler(input, signal)) {
    if (signal.aborted) return;
    channel.send({ kind: "event", id: message.id, event });
    await channel.writable();
    // The next one is asked for when it can be sent: one that waited would grow old, and might be nobody's to read any more.
    await credit.spend(signal);
    if (signal.aborted) return;
  }
  if (!signal.aborted) throw new FailureError("ended", "The stream ended; subscribe again.");
}

function isCall(name: string): name is CallName {
  return Object.hasOwn(calls, name);
}

function isStream(name: string): name is StreamName {
  return Object.hasOwn(streams, name);
}

function checked(schema: z.ZodType, input: unknown): unknown {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? "The input" : `The input's “${issue.path.join(".")}”`;
  throw new FailureError("invalid-input", `${where} is not right: ${issue?.message ?? "it has another shape"}.`);
}

function idOf(message: unknown): number {
  const parsed = z.object({ id: z.number().int() }).safeParse(message);
  return parsed.success ? parsed.data.id : noId;
}
