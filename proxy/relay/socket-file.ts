/**
 * Listening on a Unix socket. Only the user's own programs may connect: the socket is made in a folder that nobody
 * else can enter, and moved to its place with rights of its own, so that there is no moment at which others can.
 */
import { chmod, lstat, mkdtemp, rename, rm } from "node:fs/promises";
import net from "node:net";
import path from "node:path";

/** Longest path of a socket that systems take: 104 bytes on macOS, 108 on Linux, each with a NUL. */
const longestPath = 103;

/** Says why there can be no socket. */
export class SocketFileError extends Error {}

/** A socket that is listened on. */
export interface SocketFile {
  /** Removes it, unless another has taken its place. To be called when its server has closed. */
  remove(): Promise<void>;
}

/**
 * Has `server` listen at `file`. A socket that a program left behind is replaced; one that a program listens on, and a
 * file that is no socket, are not. Rejects with a `SocketFileError`, or with what the system said.
 */
export async function listenOnSocketFile(server: net.Server, file: string, backlog: number): Promise<SocketFile> {
  if (process.platform === "win32") throw new SocketFileError("Unix sockets are not supported on Windows; listen on 127.0.0.1");
  await makeWay(file);
  const folder = await mkdtemp(path.join(path.dirname(file), ".s"));
  const draft = path.join(folder, "s");
  try {
    if (Math.max(Buffer.byteLength(draft), Buffer.byteLength(file)) > longestPath) {
      throw new SocketFileError(`a socket's path may have ${longestPath} bytes at most; choose a shorter one`);
    }
    await listening(server, draft, backlog);
    await chmod(draft, 0o600);
    const { ino } = await lstat(draft);
    await rename(draft, file);
    return { remove: () => removeIf(file, ino) };
  } catch (thrown) {
    if (server.listening) server.close();
    throw thrown;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function removeIf(file: string, inode: number): Promise<void> {
  if ((await statOf(file))?.ino === inode) await rm(file, { force: true });
}

async function makeWay(file: string): Promise<void> {
  const there = await statOf(file);
  if (there === null) return;
  if (!there.isSocket()) throw new SocketFileError("there is a file of that name which is not a socket; choose another name");
  if (await isListenedOn(file)) throw new SocketFileError("another program listens there; stop it or choose another name");
}

async function statOf(file: string) {
  try {
    return await lstat(file);
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return null;
    throw thrown;
  }
}

function isListenedOn(file: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ path: file });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    // EACCES and the like: someone else's, which is to be left alone.
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "ECONNREFUSED" && error.code !== "ENOENT"));
  });
}

function listening(server: net.Server, file: string, backlog: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ path: file, backlog }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
