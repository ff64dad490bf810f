import { describe, expect, it } from "vitest";
import { Command } from "../../../../proxy/protocol/command.ts";
import { Conversation, mostPending } from "../../../../proxy/protocol/conversation.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const ok = hex("00 00 00 0200 0000");

function sent(command: number, times: number, length = 1): Conversation<null> {
  const conversation = new Conversation<null>(0);
  for (let n = 0; n < times; n += 1) conversation.command(command, null, length);
  return conversation;
}

function answer(conversation: Conversation<null>, packet: Buffer): void {
  conversation.server(packet, 0, packet.length, packet.length);
  if (conversation.ended) conversation.finish();
}

describe("a client that sends commands ahead", () => {
  it("is ahead with more than a thousand of them, until enough are answered", () => {
    const conversation = sent(Command.PING, 1000);
    expect(conversation.clientIsAhead).toBe(false);
    conversation.command(Command.PING, null);
    expect(conversation.clientIsAhead).toBe(true);
    answer(conversation, ok);
    expect(conversation.clientIsAhead).toBe(false);
  });

  it("is ahead with more than a mebibyte, but not by one command alone, however long", () => {
    const conversation = sent(Command.QUERY, 1, 100_000_000);
    expect(conversation.clientIsAhead).toBe(false);
    conversation.command(Command.QUERY, null, 10);
    expect(conversation.clientIsAhead).toBe(true);
    answer(conversation, ok);
    expect(conversation.clientIsAhead).toBe(false);
  });

  it("is never ahead where the server waits for it", () => {
    const loading = sent(Command.QUERY, 2000);
    answer(loading, hex("fb 78"));
    expect(loading.clientIsAhead).toBe(false);
    const changing = sent(Command.CHANGE_USER, 2000);
    answer(changing, hex("fe 6d7973716c 00 6161 00"));
    expect(changing.clientIsAhead).toBe(false);
    changing.authenticationAnswered();
    expect(changing.clientIsAhead).toBe(true);
  });

  it("is never ahead of an answer that does not end, or cannot be followed to its end", () => {
    expect(sent(Command.BINLOG_DUMP_GTID, 2000).clientIsAhead).toBe(false);
    expect(sent(Command.CLONE, 2000).clientIsAhead).toBe(false);
    const lost = sent(Command.STMT_PREPARE, 2000);
    answer(lost, hex("03"));
    expect(lost.lost).not.toBeNull();
    expect(lost.clientIsAhead).toBe(false);
  });

  it("is not followed any more, and never again, with a million of them", () => {
    const conversation = sent(Command.PING, mostPending);
    expect(conversation.lost).toBeNull();
    expect(conversation.command(Command.PING, null)).toBe(true);
    expect(conversation.lost).toBe("more than 1000000 commands were waiting for their answers");
    while (conversation.finish() !== undefined);
    expect(conversation.command(Command.PING, null)).toBe(false);
    expect(conversation.lost).not.toBeNull();
  });
});
