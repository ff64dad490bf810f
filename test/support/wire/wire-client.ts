/**
 * A client that sends the packets it is told to, with the capability flags it is told to, and keeps every byte of its
 * Command phase: to see what real servers say.
 */
import { once } from "node:events";
import net from "node:net";
import { cachingSha2Response } from "../../../proxy/protocol/auth/caching-sha2-password.ts";
import { nativePasswordResponse } from "../../../proxy/protocol/auth/native-password.ts";
import { encryptPassword, nulTerminatedPassword } from "../../../proxy/protocol/auth/rsa-password.ts";
import { decodeAuthSwitchRequest, scrambleOf } from "../../../proxy/protocol/auth-switch-request.ts";
import { Capability } from "../../../proxy/protocol/capabilities.ts";
import { type ChangeUser, encodeChangeUser } from "../../../proxy/protocol/change-user.ts";
import { Conversation } from "../../../proxy/protocol/conversation.ts";
import { decodeErrPacket } from "../../../proxy/protocol/err-packet.ts";
import { encodeHandshakeResponse41 } from "../../../proxy/protocol/handshake-response-41.ts";
import { decodeHandshakeV10 } from "../../../proxy/protocol/handshake-v10.ts";
import { PacketFramer } from "../../../proxy/protocol/packet-framer.ts";
import { ServerRole } from "../../../proxy/protocol/packet-role.ts";
import { toPackets } from "../../../proxy/protocol/packet-writer.ts";
import type { Account } from "../servers/accounts.ts";
import type { Stretch } from "./transcript.ts";

interface Packet {
  readonly payload: Buffer;
  readonly sequenceId: number;
}

/** What nearly every client asks for; tests add to it and take away from it. */
export const usualCapabilities =
  Capability.LONG_PASSWORD |
  Capability.LONG_FLAG |
  Capability.CONNECT_WITH_DB |
  Capability.LOCAL_FILES |
  Capability.PROTOCOL_41 |
  Capability.TRANSACTIONS |
  Capability.SECURE_CONNECTION |
  Capability.MULTI_STATEMENTS |
  Capability.MULTI_RESULTS |
  Capability.PS_MULTI_RESULTS |
  Capability.PLUGIN_AUTH;

/** What a client may say of itself when it signs in. */
export interface Opening {
  /** Collation id; 45, utf8mb4_general_ci, unless told. */
  readonly characterSet?: number;
  /** The connection attributes' keys and values as they are sent, where the capabilities have CONNECT_ATTRS; none unless told. */
  readonly attributes?: Buffer;
}

/** One signed-in connection. Calls must not overlap. */
export class WireClient {
  /** Flags in force. */
  capabilities = 0;
  mariaDbCapabilities = 0;
  /** Payload of the server's greeting. */
  greeting: Buffer = Buffer.alloc(0);
  /** With which the password of a COM_CHANGE_USER is answered; the server's answer may bring another. */
  private scramble: Buffer = Buffer.alloc(0);
  /** All bytes of the Command phase so far. */
  readonly transcript: Stretch[] = [];
  private readonly opening: Opening;
  private readonly socket: net.Socket;
  private readonly packets: Packet[] = [];
  private readonly framer: PacketFramer;
  private wake: () => void = () => undefined;
  private commandPhase = false;
  private conversation: Conversation<null> = new Conversation(0);

  private constructor(socket: net.Socket, opening: Opening) {
    this.socket = socket;
    this.opening = opening;
    this.framer = new PacketFramer(
      {
        packet: (bytes, start, kept, _length, sequenceId) =>
          this.packets.push({ payload: Buffer.from(bytes.subarray(start, start + kept)), sequenceId }),
      },
      Number.POSITIVE_INFINITY,
    );
    socket.on("data", (chunk: Buffer) => {
      if (this.commandPhase) this.transcript.push({ from: "upstream", bytes: Buffer.from(chunk) });
      this.framer.push(chunk);
      this.wake();
    });
    // A reset is an end too; "close" follows.
    socket.on("error", () => undefined);
    socket.on("close", () => this.wake());
  }

  /** Connects and signs in. */
  static async connect(
    server: { readonly port: number },
    account: Account,
    capabilities = usualCapabilities,
    mariaDbCapabilities = 0,
    opening: Opening = {},
  ): Promise<WireClient> {
    const socket = net.connect(server.port, "127.0.0.1");
    await once(socket, "connect");
    const client = new WireClient(socket, opening);
    await client.signIn(account, capabilities, mariaDbCapabilities);
    client.commandPhase = true;
    return client;
  }

  /**
   * Sends one command and gives the payloads of its whole answer. `infile`: the packets with which a LOCAL INFILE request
   * is met; the empty packet behind them is added.
   */
  async command(payload: Buffer, infile: Buffer | readonly Buffer[] = []): Promise<Buffer[]> {
    this.send(payload, 0);
    if (!this.conversation.command(payload[0] ?? 0, null)) return [];
    return this.answer(Buffer.isBuffer(infile) ? [infile] : infile);
  }

  /** Sends all commands at once, before any is answered, and gives the payloads of each answer. */
  async pipelined(payloads: readonly Buffer[]): Promise<Buffer[][]> {
    for (const payload of payloads) this.send(payload, 0);
    const answers: Buffer[][] = [];
    for (const payload of payloads) answers.push(this.conversation.command(payload[0] ?? 0, null) ? await this.answer([]) : []);
    return answers;
  }

  /**
   * COM_CHANGE_USER with all its fields, and what the server asks to authenticate. Gives the payloads of the answer
   * without the sign-in's own, which differ from time to time: its OK_Packet or ERR_Packet.
   */
  async changeUser({ user, password }: Account, schema: string): Promise<Buffer[]> {
    const authPlugin = "mysql_native_password";
    const change: ChangeUser = {
      user: Buffer.from(user),
      authResponse: nativePasswordResponse(password, this.scramble),
      schema: Buffer.from(schema),
      characterSet: this.opening.characterSet ?? 45,
      authPlugin,
      attributes: this.opening.attributes ?? Buffer.alloc(0),
    };
    this.send(encodeChangeUser(change, this.capabilities), 0);
    return [await this.authenticate(password, this.scramble)];
  }

  /** COM_QUERY without query attributes; throws where it is refused. */
  async query(sql: string): Promise<Buffer[]> {
    const answer = await this.command(Buffer.concat([Buffer.of(3), Buffer.from(sql)]));
    const last = answer.at(-1);
    if (last?.[0] === 0xff) throw new Error(`${sql}: ${JSON.stringify(decodeErrPacket(last))}`);
    return answer;
  }

  /** Sends COM_QUIT and waits until the server has closed. */
  async quit(): Promise<void> {
    const closed = once(this.socket, "close");
    this.send(Buffer.of(1), 0);
    await closed;
  }

  /** Goes without a word. */
  destroy(): void {
    this.socket.destroy();
  }

  /** The connection itself, for a test that speaks on it without this client. */
  detach(): net.Socket {
    this.socket.removeAllListeners("data");
    return this.socket;
  }

  private async answer(infile: readonly Buffer[]): Promise<Buffer[]> {
    const answer: Buffer[] = [];
    for (;;) {
      const { payload: packet, sequenceId } = await this.next();
      answer.push(packet);
      const role = this.conversation.server(packet, 0, packet.length, packet.length);
      if (this.conversation.ended) {
        this.conversation.finish();
        return answer;
      }
      if (role !== ServerRole.infileRequest) continue;
      const content = [...infile.filter(({ length }) => length > 0), Buffer.alloc(0)];
      for (const [index, part] of content.entries()) this.send(part, sequenceId + 1 + index);
      this.conversation.infileEnded();
    }
  }

  private send(payload: Buffer, sequenceId: number): void {
    const packets = toPackets(payload, sequenceId);
    if (this.commandPhase) this.transcript.push({ from: "client", bytes: packets });
    this.socket.write(packets);
  }

  private async next(): Promise<Packet> {
    for (;;) {
      const packet = this.packets.shift();
      if (packet !== undefined) return packet;
      if (this.socket.destroyed) throw new Error("the server closed the connection");
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  private async signIn({ user, password }: Account, wanted: number, wantedOfMariaDb: number): Promise<void> {
    const { payload } = await this.next();
    const greeting = decodeHandshakeV10(payload);
    if (!greeting.ok) throw new Error(greeting.malformed);
    const { authPlugin, capabilities, scramble } = greeting.value;
    this.capabilities = (wanted & capabilities) >>> 0;
    this.mariaDbCapabilities = wantedOfMariaDb & greeting.value.mariaDbCapabilities;
    this.conversation = new Conversation(this.capabilities, this.mariaDbCapabilities);
    this.greeting = payload;
    const response = encodeHandshakeResponse41({
      capabilities: this.capabilities,
      maxPacketSize: 1 << 30,
      characterSet: this.opening.characterSet ?? 45,
      mariaDbCapabilities: this.mariaDbCapabilities,
      user: Buffer.from(user),
      authResponse: responseFor(authPlugin, password, scramble),
      schema: Buffer.from("test"),
      authPlugin,
      attributes: this.opening.attributes ?? null,
      zstdLevel: null,
    });
    this.send(response, 1);
    this.scramble = scramble;
    const last = await this.authenticate(password, scramble);
    if (last[0] === 0xff) throw new Error(`signing in: ${JSON.stringify(decodeErrPacket(last))}`);
  }

  /** Answers the server until it lets the account in or refuses it; gives the packet that says so. */
  private async authenticate(password: string, firstScramble: Buffer): Promise<Buffer> {
    let scramble = firstScramble;
    for (;;) {
      const { payload, sequenceId } = await this.next();
      if (payload[0] === 0x00 || payload[0] === 0xff) return payload;
      if (payload[0] === 0xfe) {
        const request = decodeAuthSwitchRequest(payload);
        if (!request.ok) throw new Error(request.malformed);
        scramble = scrambleOf(request.value.pluginData);
        this.send(responseFor(request.value.plugin, password, scramble), sequenceId + 1);
      } else if (payload[1] === 0x04) {
        this.send(Buffer.of(2), sequenceId + 1);
      } else if (payload[1] !== 0x03) {
        this.send(encryptPassword(nulTerminatedPassword(password), scramble, payload.subarray(1)) ?? Buffer.alloc(0), sequenceId + 1);
      }
    }
  }
}

function responseFor(plugin: string | null, password: string, scramble: Buffer): Buffer {
  return plugin === "mysql_native_password" ? nativePasswordResponse(password, scramble) : cachingSha2Response(password, scramble);
}
