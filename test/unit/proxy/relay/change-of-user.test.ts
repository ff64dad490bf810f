import { setImmediate as turn } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { encodeAuthSwitchRequest } from "../../../../proxy/protocol/auth-switch-request.ts";
import { encodeChangeUser } from "../../../../proxy/protocol/change-user.ts";
import { decodeErrPacket, encodeErrPacket } from "../../../../proxy/protocol/err-packet.ts";
import { toPackets } from "../../../../proxy/protocol/packet-writer.ts";
import { ChangeOfUser } from "../../../../proxy/relay/change-of-user.ts";
import { ownGate } from "../../../../proxy/relay/client-gate.ts";
import type { Segment } from "../../../../proxy/relay/command-phase.ts";
import { noFacts } from "../../../../proxy/relay/connection-phase-facts.ts";
import { SignInPace } from "../../../../proxy/relay/sign-in-pace.ts";
import { UserChanges } from "../../../../proxy/relay/user-changes.ts";
import { okPacket } from "../../../support/connection-phase-packets.ts";
import {
  connectionWith,
  greetingOf,
  mappedSecrets,
  newPasswordKey,
  responseOf,
  wellFormed,
} from "../../../support/connection-phase-settings.ts";

const passwordKey = newPasswordKey();
const greeting = greetingOf("mariadb");
const response = responseOf("mariadb");
const { capabilities } = response;
const scramble = Buffer.from("upstream-scramble-20");
const request = encodeAuthSwitchRequest("mysql_native_password", scramble);
const payload = encodeChangeUser(
  {
    user: Buffer.from("bob"),
    authResponse: Buffer.alloc(0),
    schema: Buffer.from("shop"),
    characterSet: 45,
    authPlugin: "mysql_native_password",
    attributes: null,
  },
  capabilities,
);
const query = segment("plain", toPackets(Buffer.from("\x03SELECT 1"), 0));

function segment(kind: Segment["kind"], bytes: Buffer): Segment {
  return { kind, bytes, recorded: bytes };
}

function changeUser(): Segment {
  return segment("change-user", toPackets(payload, 0));
}

let next: boolean;
let events: string[];
let change: ChangeOfUser;

beforeEach(() => {
  next = true;
  events = [];
  const session = {
    connection: connectionWith(),
    secrets: mappedSecrets,
    clientAddress: "127.0.0.1",
    gate: ownGate(connectionWith(), mappedSecrets),
    pace: new SignInPace(),
    passwordKey,
    greeting,
    challenge: null,
    freshScramble: scramble,
    response,
  };
  change = new ChangeOfUser(
    new UserChanges(session, { ...noFacts("db:3306"), capabilities }, scramble),
    {
      changeIsNext: () => next,
      toUpstream: (bytes) => void events.push(`upstream ${bytes.toString("hex")}`),
      toClient: (bytes) => void events.push(`client ${bytes.toString("hex")}`),
      signedInAgain: ({ account }) => events.push(`signed in as ${account}`) > 0,
      refused: (detail) => void events.push(`refused: ${detail}`),
      end: (cause, { message }) => void events.push(`end ${cause}: ${message}`),
      forward: ({ bytes }) => void events.push(`forward ${bytes.toString("hex")}`),
    },
    50,
  );
});

/** What has happened since the last time; dialogues go on between turns of the event loop. */
async function happened(): Promise<string[]> {
  await turn();
  return events.splice(0);
}

const packet = (bytes: Buffer, sequence: number): string => toPackets(bytes, sequence).toString("hex");

describe("a change of user while it happens", () => {
  it("lets everything else pass", async () => {
    expect(change.fromClient(query)).toBe(false);
    expect(change.fromUpstream(okPacket)).toBe(false);
    expect(change.errSequenceId).toBeNull();
    change.beginIfNext();
    change.abandon();
    expect(await happened()).toEqual([]);
  });

  it("goes both ways between its command and its answer, and is noted before that", async () => {
    expect(change.fromClient(changeUser())).toBe(true);
    expect(await happened()).toEqual([`upstream ${packet(payload, 0)}`]);
    expect(change.fromUpstream(toPackets(request, 1))).toBe(true);
    expect(await happened()).toEqual([`client ${packet(request, 1)}`]);
    expect(change.errSequenceId).toBe(2);
    expect(change.fromClient(segment("authentication", toPackets(Buffer.from("answer"), 2)))).toBe(true);
    expect(await happened()).toEqual([`upstream ${packet(Buffer.from("answer"), 2)}`]);
    change.fromUpstream(toPackets(okPacket, 3));
    expect(await happened()).toEqual(["signed in as bob", `client ${packet(okPacket, 3)}`]);
    expect(change.fromClient(query)).toBe(false);
  });

  it("waits for the answers before it, and lets what follows wait", async () => {
    next = false;
    change.fromClient(changeUser());
    expect(change.fromClient(query)).toBe(true);
    expect(change.fromUpstream(okPacket)).toBe(false);
    expect(await happened()).toEqual([]);
    expect(change.aheadBytes).toBe(query.bytes.length);
    next = true;
    change.beginIfNext();
    expect(await happened()).toEqual([`upstream ${packet(payload, 0)}`]);
    change.fromUpstream(toPackets(okPacket, 1));
    expect(await happened()).toEqual(["signed in as bob", `client ${packet(okPacket, 1)}`, `forward ${query.bytes.toString("hex")}`]);
  });

  it("gives the client what the upstream says right behind its answer", async () => {
    const goodbye = toPackets(encodeErrPacket({ errno: 1927, sqlstate: "70100", message: "Connection was killed" }), 0);
    change.fromClient(changeUser());
    await happened();
    change.fromUpstream(Buffer.concat([toPackets(okPacket, 1), goodbye.subarray(0, 9)]));
    expect((await happened()).at(-1)).toBe(`client ${packet(okPacket, 1)}${goodbye.subarray(0, 9).toString("hex")}`);
    expect(change.fromUpstream(goodbye.subarray(9))).toBe(false);
  });

  it("is over when the upstream refuses it, and the session goes on", async () => {
    const denied = encodeErrPacket({ errno: 1045, sqlstate: "28000", message: "Access denied" });
    change.fromClient(changeUser());
    change.fromUpstream(toPackets(denied, 1));
    const after = await happened();
    expect(after.slice(1)).toEqual([expect.stringContaining("refused: "), `client ${packet(denied, 1)}`]);
    expect(wellFormed(decodeErrPacket(denied)).errno).toBe(1045);
    expect(change.fromClient(query)).toBe(false);
  });

  it("is not answered any more when a side has ended", async () => {
    change.fromClient(changeUser());
    await happened();
    change.abandon();
    change.fromUpstream(toPackets(okPacket, 1));
    expect(await happened()).toEqual([]);
  });

  it("ends the session where the client does not answer in time", async () => {
    change.fromClient(changeUser());
    change.fromUpstream(toPackets(request, 1));
    await happened();
    while (events.length === 0) await turn();
    expect(events).toEqual([expect.stringContaining("end client-timeout: ")]);
  });

  it("ends the session where the upstream makes no sense, or its packet is longer than any sign-in needs", async () => {
    change.fromClient(changeUser());
    change.fromUpstream(Buffer.from([0xff, 0xff, 0xff, 1]));
    expect((await happened()).at(-1)).toContain("end upstream-malformed: ");
  });

  it("holds no more of what the upstream says without being asked than any sign-in needs", async () => {
    const told = toPackets(Buffer.alloc(100_000, 1), 2);
    change.fromClient(changeUser());
    change.fromUpstream(toPackets(request, 1));
    await happened();
    // Of the packets that come at once, before any of them can be taken.
    for (let packets = 0; packets < 30; packets += 1) change.fromUpstream(told);
    expect(events).toEqual([expect.stringContaining("end upstream-malformed: ")]);
  });

  it("ends the session where its own packet is longer than any sign-in needs", async () => {
    change.fromClient(segment("change-user", toPackets(Buffer.alloc(2 * 1024 * 1024, 0x11), 0)));
    expect(await happened()).toEqual([expect.stringContaining("end client-malformed: The user cannot be changed")]);
  });
});
