import { createConnection } from "mariadb";
import { describe, expect, it } from "vitest";
import { parsecResponse } from "../../../../../proxy/protocol/auth/parsec.ts";
import { decodeHandshakeV10, encodeHandshakeV10 } from "../../../../../proxy/protocol/handshake-v10.ts";
import { toPackets } from "../../../../../proxy/protocol/packet-writer.ts";
import { greetings, okPacket } from "../../../../support/connection-phase-packets.ts";
import { wellFormed } from "../../../../support/connection-phase-settings.ts";
import { PacketCollector, startScriptedUpstream } from "../../../../support/scripted-peer.ts";

const challenge = Buffer.from(Array.from({ length: 32 }, (_, at) => 200 - at));

function saltPacket(factor: number, salt = Buffer.alloc(18, 0x5a)): Buffer {
  return Buffer.concat([Buffer.from("P"), Buffer.of(factor), salt]);
}

/** What MariaDB's own Node.js connector answers to the same challenge and salt. */
async function connectorsResponse(password: string, salt: Buffer): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const server = await startScriptedUpstream((socket) => {
    const packets = new PacketCollector(socket);
    void (async () => {
      socket.write(toPackets(encodeHandshakeV10(wellFormed(decodeHandshakeV10(greetings.mariadb))), 0));
      await packets.next();
      socket.write(toPackets(Buffer.concat([Buffer.of(0xfe), Buffer.from("parsec\0"), challenge]), 2));
      const asked = await packets.next();
      expect(asked?.payload).toHaveLength(0);
      socket.write(toPackets(salt, 4));
      const answer = await packets.next();
      resolve(answer?.payload ?? Buffer.alloc(0));
      socket.end(toPackets(okPacket, 6));
    })();
  });
  try {
    createConnection({ host: "127.0.0.1", port: server.port, user: "app", password, ssl: false }).catch(() => undefined);
    return await promise;
  } finally {
    await server.stop();
  }
}

describe("the response of parsec", () => {
  it.each([
    ["apppw", 0],
    ["pässwörd", 3],
  ] as const)("is what MariaDB's own connector answers for “%s” and factor %i", async (password, factor) => {
    const salt = saltPacket(factor);
    const theirs = await connectorsResponse(password, salt);
    expect(theirs).toHaveLength(96);
    // Ed25519 signatures are deterministic: the same challenges and key give the same bytes.
    expect(parsecResponse(password, challenge, salt, theirs.subarray(0, 32))?.toString("hex")).toBe(theirs.toString("hex"));
  });

  it("has a challenge of its own each time", () => {
    expect(parsecResponse("apppw", challenge, saltPacket(0))).not.toEqual(parsecResponse("apppw", challenge, saltPacket(0)));
  });

  it("is none to what is no salt, and to one that asks for hours of work", () => {
    for (const packet of [Buffer.alloc(0), Buffer.from("P"), Buffer.from("P\0"), Buffer.from("Q\0salt"), saltPacket(9), saltPacket(255)]) {
      expect(parsecResponse("apppw", challenge, packet)).toBeNull();
    }
  });
});
