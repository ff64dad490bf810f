import { once } from "node:events";
import { afterEach, expect, it } from "vitest";
import { toPackets } from "../../proxy/protocol/packet-writer.ts";
import { verifyRecording } from "../../proxy/recording/verify.ts";
import { greetings, responses } from "../support/connection-phase-packets.ts";
import { recordedSessions } from "../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { type ScriptedUpstream, scriptedClient, startScriptedUpstream } from "../support/scripted-peer.ts";

let relay: RecordedRelay | null = null;
let upstream: ScriptedUpstream | null = null;

afterEach(async () => {
  relay?.remove();
  await upstream?.stop();
});

it("a client that is signing in when Stenograph stops is recorded as ended by that, before it has stopped", async () => {
  const answered = Promise.withResolvers<void>();
  upstream = await startScriptedUpstream((socket) => {
    socket.write(toPackets(greetings.mariadb, 0));
    socket.once("data", () => answered.resolve());
  });
  relay = await startRecordedRelay({ upstream: { host: "127.0.0.1", port: upstream.port } });
  const client = scriptedClient(relay.port);
  await client.next();
  client.socket.write(toPackets(responses.mariadb, 1));
  // The server has the client's answer now, and says nothing to it.
  await answered.promise;
  const gone = once(client.socket, "close");
  await relay.stop();

  const sessions = recordedSessions(relay.dataDirectory);
  expect(sessions.map(({ close }) => close)).toMatchObject([
    { cause: "shutdown", detail: expect.stringMatching(/^Stenograph stopped .* while the client was signing in\.$/) },
  ]);
  expect(sessions.map(({ path }) => verifyRecording(path))).toEqual([{ ok: false, reason: "it is closed but not sealed yet" }]);
  await gone;
});
