import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Capability } from "../../../../proxy/protocol/capabilities.ts";
import { encodeChangeUser } from "../../../../proxy/protocol/change-user.ts";
import { toPackets } from "../../../../proxy/protocol/packet-writer.ts";
import { CommandPhase, maxHeldBytes } from "../../../../proxy/relay/command-phase.ts";

const capabilities = Capability.PROTOCOL_41 | Capability.SECURE_CONNECTION | Capability.PLUGIN_AUTH | Capability.CONNECT_ATTRS;

/** Each secret is a byte that nothing else here contains. */
const secret = (length: number): Buffer => Buffer.alloc(length, 0xa5);

const changeUser = toPackets(
  encodeChangeUser(
    {
      user: Buffer.from("app"),
      authResponse: secret(20),
      schema: Buffer.from("test"),
      characterSet: 45,
      authPlugin: "mysql_native_password",
      attributes: Buffer.from("\x03_os\x05Linux", "latin1"),
    },
    capabilities,
  ),
  0,
);
const query = (sql: string): Buffer => toPackets(Buffer.from(`\x03${sql}`), 0);
const ok = (sequenceId: number): Buffer => toPackets(Buffer.from("00000002000000", "hex"), sequenceId);
const err = (sequenceId: number): Buffer => toPackets(Buffer.from("ff15042332383030306e6f", "hex"), sequenceId);
const authSwitch = toPackets(Buffer.from("\xfemysql_native_password\0aaaaaaaaaaaaaaaaaaaa\0", "latin1"), 1);
const wantsPassword = toPackets(Buffer.of(1, 4), 1);
const publicKey = toPackets(Buffer.concat([Buffer.of(1), Buffer.alloc(300, 0x2d)]), 3);

type Step = { readonly from: "client" | "upstream"; readonly bytes: Buffer };
const client = (...packets: Buffer[]): Step => ({ from: "client", bytes: Buffer.concat(packets) });
const upstream = (...packets: Buffer[]): Step => ({ from: "upstream", bytes: Buffer.concat(packets) });

const dialogues: Record<string, readonly Step[]> = {
  "a change that is accepted at once": [
    client(query("SELECT 1")),
    upstream(ok(1)),
    client(changeUser),
    upstream(ok(1)),
    client(query("SELECT 2")),
  ],
  "a change for which the server switches the plugin": [
    client(changeUser),
    upstream(authSwitch),
    client(toPackets(secret(20), 2)),
    upstream(ok(3)),
    client(query("DO 0")),
  ],
  "a full authentication": [
    client(changeUser),
    upstream(wantsPassword),
    client(toPackets(Buffer.of(2), 2)),
    upstream(publicKey),
    client(toPackets(secret(256), 4)),
    upstream(ok(5)),
    client(query("DO 0")),
  ],
  "a change that is refused": [
    client(changeUser),
    upstream(authSwitch),
    client(toPackets(secret(20), 2)),
    upstream(err(3)),
    client(query("DO 0")),
  ],
  "an empty response": [
    client(changeUser),
    upstream(authSwitch),
    client(toPackets(Buffer.alloc(0), 2)),
    upstream(ok(3)),
    client(query("DO 0")),
  ],
  "commands sent ahead around the change": [
    client(query("SELECT 1"), changeUser),
    upstream(ok(1), ok(1)),
    client(changeUser, query("DO 0")),
  ],
  "a command that only looks like it further on": [
    client(query("\x11\xa4")),
    upstream(ok(1)),
    client(toPackets(Buffer.of(0x0e), 0)),
    upstream(ok(1)),
  ],
};

/** Plays a dialogue with the client's stretches cut into pieces of the given sizes, as the relay would. */
function play(steps: readonly Step[], sizes: readonly number[]): { forwarded: Buffer; recorded: Buffer; phase: CommandPhase } {
  const phase = new CommandPhase(capabilities);
  const forwarded: Buffer[] = [];
  const recorded: Buffer[] = [];
  let turn = 0;
  for (const { from, bytes } of steps) {
    for (let at = 0; at < bytes.length; ) {
      const size = sizes[turn % sizes.length] ?? bytes.length;
      turn += 1;
      const chunk = Buffer.from(bytes.subarray(at, at + size));
      at += size;
      if (from === "upstream") {
        phase.fromUpstream(chunk);
        continue;
      }
      for (const segment of phase.fromClient(chunk) ?? [{ bytes: chunk, recorded: chunk }]) {
        forwarded.push(Buffer.from(segment.bytes));
        recorded.push(Buffer.from(segment.recorded));
      }
    }
  }
  return { forwarded: Buffer.concat(forwarded), recorded: Buffer.concat(recorded), phase };
}

const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 10 });

describe.each(Object.entries(dialogues))("%s", (_, steps) => {
  const sent = Buffer.concat(steps.filter(({ from }) => from === "client").map(({ bytes }) => bytes));

  it("forwards exactly what the client sent, and records all of it but the responses, however it is cut", () => {
    fc.assert(
      fc.property(cuts, (sizes) => {
        const { forwarded, recorded, phase } = play(steps, sizes);
        expect(forwarded.equals(sent)).toBe(true);
        expect(recorded.length).toBe(sent.length);
        expect(recorded.includes(0xa5)).toBe(false);
        expect(phase.heldBytes).toBe(0);
        const whole = play(steps, [sent.length]);
        expect(recorded.equals(whole.recorded)).toBe(true);
      }),
    );
  });
});

it("records the rest of a COM_CHANGE_USER as it was", () => {
  const { recorded } = play([client(changeUser)], [1000]);
  const expected = Buffer.from(changeUser);
  expected.fill(0, expected.indexOf(0xa5), expected.lastIndexOf(0xa5) + 1);
  expect(recorded).toEqual(expected);
});

it("records nothing but the command's byte of a COM_CHANGE_USER that cannot be read", () => {
  const malformed = toPackets(Buffer.concat([Buffer.of(0x11), Buffer.from("app\0"), Buffer.of(200), secret(20)]), 0);
  const { forwarded, recorded } = play([client(malformed)], [1000]);
  expect(forwarded).toEqual(malformed);
  expect(recorded.subarray(4)).toEqual(Buffer.concat([Buffer.of(0x11), Buffer.alloc(malformed.length - 5)]));
});

it("a response stays one though the server refuses before its last byte has come", () => {
  const response = toPackets(secret(200), 2);
  const phase = new CommandPhase(capabilities);
  phase.fromClient(changeUser);
  phase.fromUpstream(authSwitch);
  expect(phase.fromClient(response.subarray(0, 50))).toEqual([]);
  phase.fromUpstream(err(3));
  const segments = phase.fromClient(response.subarray(50)) ?? [];
  expect(Buffer.concat(segments.map(({ bytes }) => bytes))).toEqual(response);
  expect(Buffer.concat(segments.map(({ recorded }) => recorded)).includes(0xa5)).toBe(false);
});

it("gives chunks without authentication back as they are", () => {
  const phase = new CommandPhase(capabilities);
  expect(phase.fromClient(query("SELECT 1"))).toBeNull();
  expect(phase.fromClient(Buffer.concat([query("SELECT 2"), query("SELECT 3")]))).toBeNull();
});

it("says how much it holds, so that a packet without end can be refused", () => {
  const phase = new CommandPhase(capabilities);
  const endless = Buffer.concat([Buffer.of(0xfe, 0xff, 0xff, 0, 0x11), Buffer.alloc(2 * maxHeldBytes, 1)]);
  expect(phase.fromClient(endless)).toEqual([]);
  expect(phase.heldBytes).toBe(endless.length);
});

describe("counts and last words", () => {
  it("counts packets in both directions and sees COM_QUIT", () => {
    const { phase } = play([client(query("DO 0")), upstream(ok(1)), client(toPackets(Buffer.of(1), 0))], [3]);
    expect([phase.clientPackets, phase.upstreamPackets, phase.quit, phase.busy]).toEqual([2, 1, true, false]);
  });

  it.each([
    ["a session at rest", [], 0],
    ["a command that waits", [client(query("DO 0"))], 1],
    ["an answer that has begun", [client(query("SELECT 1")), upstream(toPackets(Buffer.of(1), 1))], 2],
    ["an answer that is complete", [client(query("DO 0")), upstream(ok(1))], 0],
    ["the middle of a packet", [client(query("DO 0")), { from: "upstream", bytes: ok(1).subarray(0, 6) }], null],
  ] as [string, Step[], number | null][])("knows which number an ERR_Packet would have in %s", (_, steps, sequenceId) => {
    expect(play(steps, [1000]).phase.errSequenceId).toBe(sequenceId);
  });
});

it("a preparation that was only the content of a local file leaves later executions recorded as they are", () => {
  const phase = new CommandPhase(Capability.PROTOCOL_41 | Capability.DEPRECATE_EOF);
  const command = (first: number, text: string, id = 0): Buffer => toPackets(Buffer.concat([Buffer.of(first), Buffer.from(text)]), id);
  const load = command(0x03, "LOAD DATA LOCAL INFILE 'x' INTO TABLE t");
  phase.fromClient(Buffer.concat([load, command(0x16, "SET PASSWORD = ?", 2), toPackets(Buffer.alloc(0), 3)]));
  phase.fromUpstream(toPackets(Buffer.from("\xfbx", "latin1"), 1));
  phase.fromUpstream(toPackets(Buffer.from("00000002000000", "hex"), 4));
  phase.fromClient(command(0x16, "SELECT ?"));
  phase.fromUpstream(toPackets(Buffer.from("000500000000000100000000", "hex"), 1));
  phase.fromUpstream(toPackets(Buffer.from("03646566", "hex"), 2));
  const execution = toPackets(Buffer.concat([Buffer.from("1705000000000100000000" + "01fd00" + "06", "hex"), Buffer.from("a card")]), 0);
  const segments = phase.fromClient(execution) ?? [{ recorded: execution }];
  expect(Buffer.concat(segments.map(({ recorded }) => recorded))).toEqual(execution);
});
