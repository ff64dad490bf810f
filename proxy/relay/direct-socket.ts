/**
 * Reads a plain socket into a buffer that is used again for the next read. A stream makes a new buffer of 64 KiB for
 * every chunk, which costs the relay more than all else that it does with a small command: a third of its time.
 *
 * Node offers this (`onread`) to sockets that one makes oneself, and to those one accepts only through the handle beneath
 * them, which it documents no more than in passing. Where that handle is not as expected, there is no direct socket, and
 * the caller reads the stream.
 */
import net from "node:net";
import { TLSSocket } from "node:tls";

/** What most commands and their answers fit in. */
const smallBytes = 8 * 1024;

/** What is read at once of a large result; as large as a stream's. */
const largeBytes = 64 * 1024;

/** So many small reads in a row show that a large result is over. */
const smallReadsInARow = 32;

/** The part of a buffer that is worth reading into behind what is held of it. */
const leastLeft = 1 / 4;

/** As far as it is used here: libuv's handle in a `net.Socket`. */
interface Handle {
  reading: boolean;
  readStop(): number;
  useUserBuffer(buffer: Uint8Array): void;
}

/** What a `net.Socket` has besides its documented properties, as far as it is used here. */
interface SocketInside {
  _handle: Handle | null;
  _server: unknown;
  readonly _readableState: { readonly ended: boolean };
}

/**
 * Takes a connected, paused socket that nobody listens to over, and gives one in its place that reads by itself into its own
 * buffer once it is resumed, and has neither `data` nor `readable` events. `take` gets what was read, which may be
 * overwritten after it returned `true`; after `false` it is left to whoever holds it.
 *
 * `null` where that cannot be: the socket encrypts, something of it was read or is still to be written, or this Node has no such thing.
 */
export function directSocket(socket: net.Socket, take: (chunk: Buffer) => boolean): net.Socket | null {
  const inside = socket as unknown as SocketInside;
  const handle = inside._handle;
  if (handle === null || !canBeTaken(socket, inside) || typeof handle.useUserBuffer !== "function") return null;
  handle.readStop();
  handle.reading = false;
  const memory = new ReadMemory();
  const options = {
    handle,
    allowHalfOpen: socket.allowHalfOpen,
    pauseOnCreate: true,
    onread: {
      buffer: () => memory.next(),
      callback: (bytes: number, buffer: Buffer) => {
        memory.read(bytes, take(Buffer.from(buffer.buffer, buffer.byteOffset, bytes)));
        return true;
      },
    },
  };
  const direct = new net.Socket(options as unknown as net.SocketConstructorOpts);
  // The server counts the sockets that it accepted; and what is left of the old socket must not close the handle.
  (direct as unknown as SocketInside)._server = inside._server;
  inside._server = null;
  inside._handle = null;
  return direct;
}

function canBeTaken(socket: net.Socket, { _readableState }: SocketInside): boolean {
  if (socket instanceof TLSSocket || socket.destroyed || socket.connecting) return false;
  return socket.readableLength === 0 && _readableState?.ended === false && socket.writableLength === 0 && socket.writable;
}

/**
 * The buffer of one socket: small until a read fills it, large until a row of reads has not needed it. What somebody holds of
 * it stays, and the next read goes behind that: small pieces that are held must not cost a buffer each.
 */
class ReadMemory {
  private room: Buffer | null = null;
  private changed = false;
  private bytes = smallBytes;
  private smallReads = 0;

  /** The room for the next read; `undefined` where that is the one before. */
  next(): Buffer | undefined {
    if (this.room !== null && !this.changed) return undefined;
    this.changed = false;
    // Not from the pool: what shares memory with it could be overwritten.
    this.room ??= Buffer.allocUnsafeSlow(this.bytes);
    return this.room;
  }

  /** `bytes` were read into it; `free`: nobody holds them any more. */
  read(bytes: number, free: boolean): void {
    const before = this.bytes;
    const room = this.room?.length ?? 0;
    this.smallReads = bytes < smallBytes ? this.smallReads + 1 : 0;
    if (bytes === before) this.bytes = largeBytes;
    else if (this.smallReads >= smallReadsInARow) this.bytes = smallBytes;
    const left = free ? room : room - bytes;
    const narrow = room < before && bytes === room;
    if (this.bytes !== before || narrow || left < before * leastLeft) this.room = null;
    else if (!free) {
      this.room = this.room?.subarray(bytes) ?? null;
      this.changed = true;
    }
  }
}
