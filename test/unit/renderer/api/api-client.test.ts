import { describe, expect, it } from "vitest";
import type { FromClient, FromCore, MessageChannel, StreamEvent } from "../../../../proxy/api/contract.ts";
import { ApiClient } from "../../../../renderer/api/api-client.ts";
import { ManualTime } from "../../../support/renderer/manual-time.ts";

/** One end of a transport that the test holds. */
class HeldChannel implements MessageChannel<FromClient, FromCore> {
  readonly sent: FromClient[] = [];
  #hear: (message: FromCore) => void = () => undefined;
  #gone: () => void = () => undefined;

  send(message: FromClient): void {
    this.sent.push(message);
  }
  onMessage(listener: (message: FromCore) => void): void {
    this.#hear = listener;
  }
  onClose(listener: () => void): void {
    this.#gone = listener;
  }
  close(): void {
    this.#gone();
  }
  say(message: FromCore): void {
    this.#hear(message);
  }
  last<K extends FromClient["kind"]>(kind: K): Extract<FromClient, { kind: K }> {
    const found = this.sent.findLast((message) => message.kind === kind);
    if (found === undefined) throw new Error(`no ${kind} was sent`);
    return found as Extract<FromClient, { kind: K }>;
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

function start() {
  const channels: HeldChannel[] = [];
  const time = new ManualTime();
  let refusing = false;
  const client = new ApiClient(() => {
    if (refusing) return Promise.reject(new Error("refused"));
    const channel = new HeldChannel();
    channels.push(channel);
    return Promise.resolve(channel);
  }, time.schedule);
  return { client, channels, time, refuse: (on: boolean) => (refusing = on) };
}

function arrival(first: number, count: number): StreamEvent<"statements.follow"> {
  const rows = Array.from({ length: count }, (_, place) => ({ id: first + place }) as StreamEvent<"statements.follow">["rows"][number]);
  return { rows, after: first + count - 1, total: first + count - 1 };
}

describe("the api client", () => {
  it("sends calls that were made before the transport was open, and resolves them by their id", async () => {
    const { client, channels } = start();
    const one = client.call("sessions.get", { session: "a" });
    const other = client.call("sessions.get", { session: "b" });
    await settled();
    const [first, second] = channels[0]!.sent as Extract<FromClient, { kind: "call" }>[];
    channels[0]!.say({ kind: "answer", id: second!.id, output: "for b" });
    channels[0]!.say({ kind: "answer", id: first!.id, output: "for a" });
    expect(await one).toBe("for a");
    expect(await other).toBe("for b");
  });

  it("rejects with the core's own code and sentence", async () => {
    const { client, channels } = start();
    const call = client.call("sessions.get", { session: "a" });
    await settled();
    channels[0]!.say({
      kind: "failure",
      id: channels[0]!.last("call").id,
      failure: { code: "not-found", message: "There is no such session." },
    });
    await expect(call).rejects.toMatchObject({ code: "not-found", message: "There is no such session." });
  });

  it("cancels a call at the core when its signal is aborted", async () => {
    const { client, channels } = start();
    const abort = new AbortController();
    const call = client.call("sessions.get", { session: "a" }, abort.signal);
    await settled();
    abort.abort();
    await expect(call).rejects.toMatchObject({ code: "cancelled" });
    expect(channels[0]!.last("cancel").id).toBe(channels[0]!.last("call").id);
  });

  it("subscribes again from the last cursor after a break, so that nothing is lost and nothing comes twice", async () => {
    const { client, channels, time } = start();
    const heard: number[] = [];
    client.subscribe(
      "statements.follow",
      { filter: "is:failed", after: 0 },
      {
        event: (event) => heard.push(...event.rows.map((row) => row.id)),
        failure: () => undefined,
        resume: (last) => ({ filter: "is:failed", after: last.after }),
      },
    );
    await settled();
    const id = channels[0]!.last("subscribe").id;
    channels[0]!.say({ kind: "event", id, event: arrival(1, 3) });
    channels[0]!.say({ kind: "event", id, event: arrival(4, 2) });
    channels[0]!.close();
    time.pass(250);
    await settled();
    const again = channels[1]!.last("subscribe");
    expect(again.input).toEqual({ filter: "is:failed", after: 5 });
    channels[1]!.say({ kind: "event", id: again.id, event: arrival(6, 2) });
    expect(heard).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it("says which events it received, so that the core can hold the others back", async () => {
    const { client, channels } = start();
    client.subscribe("status", {}, { event: () => undefined, failure: () => undefined });
    await settled();
    const { id, window } = channels[0]!.last("subscribe");
    channels[0]!.say({ kind: "event", id, event: {} });
    expect(window).toBeGreaterThan(0);
    expect(channels[0]!.last("received").id).toBe(id);
  });

  it("asks again what only reads, and does not do again what changes", async () => {
    const { client, channels, time } = start();
    const read = client.call("sessions.get", { session: "a" });
    const change = client.call("connections.remove", { id: "shop" });
    await settled();
    channels[0]!.close();
    await expect(change).rejects.toMatchObject({ code: "disconnected" });
    time.pass(250);
    await settled();
    expect(channels[1]!.sent.filter((message) => message.kind === "call").map((message) => message.name)).toEqual(["sessions.get"]);
    channels[1]!.say({ kind: "answer", id: channels[1]!.last("call").id, output: "read" });
    expect(await read).toBe("read");
  });

  it("waits longer from try to try, five seconds at most, and says that it is disconnected", async () => {
    const { client, channels, time, refuse } = start();
    await settled();
    expect(client.link.get()).toEqual({ state: "connected" });
    refuse(true);
    channels[0]!.close();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 7; attempt++) {
      const link = client.link.get();
      waits.push(link.state === "disconnected" ? link.retryInMs : -1);
      time.pass(5_000);
      await settled();
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
    refuse(false);
    time.pass(5_000);
    await settled();
    expect(client.link.get()).toEqual({ state: "connected" });
  });

  it("does not revive a subscription that was ended or that failed", async () => {
    const { client, channels, time } = start();
    const failures: string[] = [];
    const end = client.subscribe("status", {}, { event: () => undefined, failure: () => undefined });
    client.subscribe("sessions.follow", {}, { event: () => undefined, failure: (failure) => failures.push(failure.code) });
    await settled();
    end();
    channels[0]!.say({
      kind: "failure",
      id: channels[0]!.last("subscribe").id,
      failure: { code: "stopped", message: "The library stopped." },
    });
    channels[0]!.close();
    time.pass(250);
    await settled();
    expect(failures).toEqual(["stopped"]);
    expect(channels[1]!.sent).toEqual([]);
  });

  it("fails what is pending when it is closed, and does not connect again", async () => {
    const { client, channels, time } = start();
    const call = client.call("status.get", {});
    await settled();
    client.close();
    await expect(call).rejects.toMatchObject({ code: "closed" });
    time.pass(60_000);
    await settled();
    expect(channels).toHaveLength(1);
  });
});
