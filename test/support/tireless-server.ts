/** A scripted server that answers whatever comes, at once and in order, and a client that asks it in batches. */
import type { Socket } from "node:net";
import { Command } from "../../proxy/protocol/command.ts";
import { PacketWriter, toPackets } from "../../proxy/protocol/packet-writer.ts";
import type { PacketCollector, ScriptedUpstream } from "./scripted-peer.ts";
import { commandOk, startScriptedServer } from "./scripted-server.ts";

const ok = toPackets(commandOk, 1);

/** COM_STMT_PREPARE_OK of a statement without parameters and columns. */
function prepareOk(statement: number): Buffer {
  return toPackets(new PacketWriter().uint8(0).uint32(statement).uint16(0).uint16(0).zeros(3).payload(), 1);
}

/** Answers commands with an OK_Packet each; prepared statements are numbered as they come. */
export function startTirelessServer(): Promise<ScriptedUpstream> {
  return startScriptedServer(({ socket }) => answerAll(socket));
}

function answerAll(socket: Socket): void {
  let rest: Buffer = Buffer.alloc(0);
  let prepared = 0;
  const answerTo = (command: number | undefined): Buffer[] => {
    if (command === Command.STMT_CLOSE) return [];
    if (command !== Command.STMT_PREPARE) return [ok];
    prepared += 1;
    return [prepareOk(prepared)];
  };
  socket.removeAllListeners("data").on("data", (chunk: Buffer) => {
    const bytes = Buffer.concat([rest, chunk]);
    const answers: Buffer[] = [];
    let at = 0;
    for (let end = packetEnd(bytes, at); end <= bytes.length; end = packetEnd(bytes, at)) {
      if (bytes[at + 4] === Command.QUIT) socket.end();
      else answers.push(...answerTo(bytes[at + 4]));
      at = end;
    }
    rest = bytes.subarray(at);
    if (answers.length > 0 && socket.writable) socket.write(Buffer.concat(answers));
  });
}

/** Where the packet at `at` ends; beyond all bytes where its header is not there yet. */
function packetEnd(bytes: Buffer, at: number): number {
  return bytes.length < at + 4 ? Number.POSITIVE_INFINITY : at + 4 + bytes.readUIntLE(at, 3);
}

/** Sends queries, and prepares, executes and closes statements, in batches over a client that is signed in, each when the one before is answered. */
export class TirelessClient {
  private readonly socket: Socket;
  private sent = 0;
  private prepared = 0;
  private due = 0;
  private received = 0;
  private wake: () => void = () => undefined;

  constructor({ socket }: PacketCollector) {
    this.socket = socket;
    socket.removeAllListeners("data").on("data", (chunk: Buffer) => {
      this.received += chunk.length;
      this.wake();
    });
  }

  /** Runs about `commands` commands, and says how many they were. */
  async run(commands: number): Promise<number> {
    const from = this.sent;
    while (this.sent - from < commands) {
      this.socket.write(Buffer.concat(Array.from({ length: 50 }, () => this.round()).flat()));
      while (this.received < this.due && !this.socket.destroyed) {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
    }
    return this.sent - from;
  }

  /** Sends COM_QUIT. */
  quit(): void {
    this.socket.end(toPackets(Buffer.of(Command.QUIT), 0));
  }

  private round(): Buffer[] {
    this.prepared += 1;
    this.sent += 10;
    this.due += 8 * ok.length + prepareOk(0).length;
    const statement = (command: number): PacketWriter => new PacketWriter().uint8(command).uint32(this.prepared);
    const queries = Array.from({ length: 7 }, (_, index) => `UPDATE counters SET n = ${this.sent + index}`);
    const packets = [
      ...queries.map((sql) => new PacketWriter().uint8(Command.QUERY).text(sql)),
      new PacketWriter().uint8(Command.STMT_PREPARE).text(`DELETE FROM counters WHERE n = ${this.sent}`),
      statement(Command.STMT_EXECUTE).uint8(0).uint32(1),
      statement(Command.STMT_CLOSE),
    ];
    return packets.map((packet) => toPackets(packet.payload(), 0));
  }
}
