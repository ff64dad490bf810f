/** A MySQL server that lets anybody in and does with commands exactly what a test says. */
import type { Socket } from "node:net";
import { toPackets } from "../../proxy/protocol/packet-writer.ts";
import { greetings, okPacket, responses } from "./connection-phase-packets.ts";
import { PacketCollector, type ScriptedUpstream, startScriptedUpstream } from "./scripted-peer.ts";

/** One client of the scripted server, signed in. */
export interface ScriptedSession {
  readonly socket: Socket;
  /** Payload of the client's next command; `null` when it is gone. */
  nextCommand(): Promise<Buffer | null>;
  /** Sends `payload` as one packet. */
  send(payload: Buffer, sequenceId: number): void;
}

/** The OK_Packet that answers a command. */
export const commandOk = okPacket;

/** Listens on a free port; `script` runs for each client that has signed in. Sockets may be half-closed. */
export function startScriptedServer(script: (session: ScriptedSession) => Promise<void> | void): Promise<ScriptedUpstream> {
  return startScriptedUpstream((socket) => {
    const packets = new PacketCollector(socket);
    const send = (payload: Buffer, sequenceId: number): void => void socket.write(toPackets(payload, sequenceId));
    const run = async (): Promise<void> => {
      send(greetings.mariadb, 0);
      const response = await packets.next();
      if (response === null) return;
      send(okPacket, response.sequence + 1);
      await script({ socket, send, nextCommand: async () => (await packets.next())?.payload ?? null });
    };
    void run();
  }, true);
}

/** Signs a scripted client in at the proxy, as the `mariadb` client does. */
export async function signIn(client: PacketCollector): Promise<void> {
  await client.next();
  client.socket.write(toPackets(responses.mariadb, 1));
  const answer = await client.next();
  if (answer?.payload[0] !== 0x00) throw new Error("the scripted client was not let in");
}
