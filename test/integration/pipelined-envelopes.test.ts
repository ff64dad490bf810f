import type { Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Capability } from "../../proxy/protocol/capabilities.ts";
import { Command } from "../../proxy/protocol/command.ts";
import { CompressedPacketFramer, compressNow, decompressNow } from "../../proxy/protocol/compressed-packet.ts";
import { Conversation, conversationPrefix } from "../../proxy/protocol/conversation.ts";
import { PacketFramer } from "../../proxy/protocol/packet-framer.ts";
import { toPackets } from "../../proxy/protocol/packet-writer.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { type Account, available } from "../support/servers.ts";
import { usualCapabilities, WireClient } from "../support/wire/wire-client.ts";

/** A command in as many envelopes as it has parts, each of which begins a count of ids. */
type Sent = readonly Buffer[];

const query = (sql: string): Buffer => toPackets(Buffer.concat([Buffer.of(Command.QUERY), Buffer.from(sql)]), 0);

/** One whose answer takes several envelopes, some of one, one that is refused, one that is sent in three, one that gets no answer. */
const commands: readonly Sent[] = [
  [query("SELECT REPEAT('long', 30000)")],
  [query("DO 1")],
  [query("SELECT nonsense")],
  [query("DO 2; DO 3; SELECT 4")],
  [query("SELECT 5").subarray(0, 6), query("SELECT 5").subarray(6, 9), query("SELECT 5").subarray(9)],
  [toPackets(Buffer.from([Command.STMT_CLOSE, 77, 0, 0, 0]), 0)],
  [query("SELECT 6")],
];

/** The ids of the envelopes in which each answer came. */
type AnswerIds = readonly number[];

/** Sends all of `sent` at once, and gives the ids of every answer's envelopes. */
async function envelopesOf(port: number, account: Account, sent: readonly Sent[]): Promise<AnswerIds[]> {
  const client = await WireClient.connect({ port }, account, usualCapabilities | Capability.COMPRESS);
  const conversation = new Conversation<null>(client.capabilities);
  const socket = client.detach();
  const bytes: Buffer[] = [];
  for (const parts of sent) {
    bytes.push(...parts.map((part, id) => compressNow(part, id, "zlib")));
    conversation.command(parts[0]?.[4] ?? 0, null);
  }
  try {
    socket.write(Buffer.concat(bytes));
    return await answersTo(socket, conversation);
  } finally {
    client.destroy();
  }
}

function answersTo(socket: Socket, conversation: Conversation<null>): Promise<AnswerIds[]> {
  const answers: AnswerIds[] = [];
  let ids: number[] = [];
  const envelopes = new CompressedPacketFramer();
  const { promise, resolve, reject } = Promise.withResolvers<AnswerIds[]>();
  const packets = new PacketFramer(
    {
      packet: (bytes, start, kept, length) => {
        conversation.server(bytes, start, kept, length);
        if (!conversation.ended) return;
        conversation.finish();
        answers.push(ids);
        ids = [];
        if (conversation.pending.length === 0) resolve(answers);
      },
    },
    conversationPrefix,
  );
  socket.on("data", (chunk: Buffer) => {
    for (const envelope of envelopes.push(chunk)) {
      ids.push(envelope.sequenceId);
      packets.push(decompressNow(envelope, "zlib"));
    }
  });
  socket.on("close", () => reject(new Error(`the server closed the connection after ${JSON.stringify(answers)}`)));
  return promise;
}

describe.each(available(inject("servers")))("at $kind", (server) => {
  let relay: RecordedRelay;

  beforeAll(async () => {
    relay = await startRecordedRelay({ upstream: server });
  });
  afterAll(async () => {
    await relay.stop();
    relay.remove();
  });

  it("commands that are sent ahead in compressed packets get answers with the same ids of those with and without the proxy", async () => {
    const direct = await envelopesOf(server.port, server.app, commands);
    const through = await envelopesOf(relay.port, server.app, commands);
    expect(direct.map(([first]) => first)).toEqual([1, 1, 1, 1, 3, 1]);
    // How much of a long answer goes into one envelope is the sender's choice.
    expect(through.map(([first]) => first)).toEqual(direct.map(([first]) => first));
    for (const ids of [...direct, ...through]) expect(ids).toEqual(ids.map((_, index) => (ids[0] as number) + index));
    expect(through.slice(1).filter((_, index) => index !== 2)).toEqual(direct.slice(1).filter((_, index) => index !== 2));
  });
});
