import { afterEach, expect, it } from "vitest";
import type { RecordingGrowth } from "../../../proxy/relay/messages.ts";
import { RelayClient } from "../../../proxy/relay/relay-client.ts";
import { connectionWith } from "../../support/connection-phase-settings.ts";
import { credentialOf } from "../../support/identity/client-credential-of.ts";

const noSecrets = { upstreamPassword: null, clientPassword: null };
const crash = connectionWith({ id: "crash" });
const shop = connectionWith({ id: "shop" });
const why = /^The relay stopped unexpectedly and closed its sessions \(crashed on purpose\)\. It is being restarted\.$/;

let relay: RelayClient | null = null;
afterEach(() => relay?.close());

/** A client of a thread that crashes when it is asked to. */
function startRelay(): { relay: RelayClient; log: string[]; crashed: RecordingGrowth[] } {
  const log: string[] = [];
  const crashed: RecordingGrowth[] = [];
  relay = new RelayClient({
    worker: new URL("../../fixtures/crashing-relay-thread.ts", import.meta.url),
    dataDirectory: "unused",
    actor: { kind: "os-user", name: "tester", authenticated: false },
    recorder: "unused",
    log: (message) => log.push(message),
    crashed: (open) => crashed.push(...open),
  });
  return { relay, log, crashed };
}

/** Crashes the thread, and forgets the connection that did it. */
async function crashNow(client: RelayClient): Promise<void> {
  const state = await client.start(crash, noSecrets);
  expect(state).toMatchObject({ state: "failed", message: expect.stringMatching(why) });
  await client.stop(crash.id);
}

it("says that the thread crashed, hands over the recordings that were open, and listens again", async () => {
  const { relay: client, log, crashed } = startRelay();
  expect(await client.start(shop, noSecrets)).toMatchObject({ state: "listening" });
  await crashNow(client);

  expect(log).toEqual([expect.stringMatching(why)]);
  expect(crashed.map(({ session }) => session)).toEqual(["open"]);
  expect(client.openSessions()).toBe(0);
  expect(client.recordingState()).toMatchObject({ state: "stopped", message: expect.stringMatching(why) });
  expect(client.states().shop).toMatchObject({ state: "failed" });

  await expect.poll(() => client.states().shop, { timeout: 30_000 }).toMatchObject({ state: "listening" });
  expect(client.recordingState()).toEqual({ state: "recording" });
  expect(client.openSessions()).toBe(1);
});

it("answers while there is no thread, and each later question with its own answer", async () => {
  const { relay: client } = startRelay();
  await crashNow(client);
  expect(await client.start(shop, noSecrets)).toMatchObject({ state: "failed", message: expect.stringMatching(why) });
  await expect.poll(() => client.states().shop, { timeout: 30_000 }).toMatchObject({ state: "listening" });
  await client.stop(shop.id);
  expect(client.states().shop).toEqual({ state: "stopped" });
  expect(await client.start(shop, noSecrets)).toMatchObject({ state: "listening" });
});

it("tells a thread that was started again what clients may present, before it listens", async () => {
  const { relay: client, log } = startRelay();
  const anna = credentialOf("anna", "password");
  client.setCredentials([anna]);
  await client.start(shop, noSecrets);
  await crashNow(client);
  client.setCredentials([anna, credentialOf("bob", "password")]);
  await expect.poll(() => client.states().shop, { timeout: 30_000 }).toMatchObject({ state: "listening" });
  expect(log).toEqual(["told of credential of anna", expect.stringMatching(why), "told of credential of anna,credential of bob"]);
});

it("ends while there is no thread", async () => {
  const { relay: client } = startRelay();
  await crashNow(client);
  await client.close();
});
