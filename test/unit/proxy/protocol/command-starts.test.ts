import { expect, it } from "vitest";
import { CommandStarts } from "../../../../proxy/protocol/command-starts.ts";
import { toPackets } from "../../../../proxy/protocol/packet-writer.ts";

const command = toPackets(Buffer.from("\u0003SELECT 1"), 0);
const content = (id: number): Buffer => toPackets(Buffer.from("row"), id);

it("finds each of several commands in one chunk", () => {
  const starts = new CommandStarts().push(Buffer.concat([command, command, command]));
  expect(starts.starts).toEqual([0, command.length, 2 * command.length]);
});

it("finds none in what goes on after a command", () => {
  expect(new CommandStarts().push(Buffer.concat([command, content(2), content(3), toPackets(Buffer.alloc(0), 4)])).starts).toEqual([0]);
});

it("keeps back a header that is not whole", () => {
  const stream = Buffer.concat([command, content(2), command]);
  for (let size = 1; size <= stream.length; size += 1) {
    const found = new CommandStarts();
    const offsets: number[] = [];
    let gone = 0;
    for (let at = 0; at < stream.length; at += size) {
      const { bytes, starts } = found.push(stream.subarray(at, at + size));
      offsets.push(...starts.map((start) => gone + start));
      gone += bytes.length;
    }
    expect([gone, offsets]).toEqual([stream.length, [0, command.length + content(2).length]]);
  }
});

it("takes the id that follows 255 for no command, unless something came in between", () => {
  const found = new CommandStarts();
  expect(found.push(Buffer.concat([command, content(255), content(0)])).starts).toEqual([0]);
  found.push(content(255));
  found.answered();
  expect(found.push(command).starts).toEqual([0]);
});

it("takes the second part of a long packet for no command", () => {
  const found = new CommandStarts();
  const long = toPackets(Buffer.alloc(0xffffff + 10), 0);
  long[0xffffff + 4 + 3] = 0;
  expect(found.push(long).starts).toEqual([0]);
});
