import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listenOnSocketFile } from "../../../../proxy/relay/socket-file.ts";
import { temporaryDirectory } from "../../../support/stenograph.ts";

let directory: ReturnType<typeof temporaryDirectory>;
const servers: net.Server[] = [];

beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(async () => {
  for (const server of servers.splice(0)) if (server.listening) await closed(server);
  directory[Symbol.dispose]();
});

function newServer(): net.Server {
  const server = net.createServer((socket) => {
    // Who only looks whether something listens does not wait for the word.
    socket.on("error", () => undefined);
    socket.end("hello");
  });
  servers.push(server);
  return server;
}

async function closed(server: net.Server): Promise<void> {
  server.close();
  await once(server, "close");
}

async function saidAt(path: string): Promise<string> {
  const socket = net.connect({ path });
  const [chunk] = await once(socket, "data");
  socket.destroy();
  return String(chunk);
}

describe("a Unix socket to listen on", () => {
  it("is for its user alone, and nothing else is left beside it", async () => {
    const file = join(directory.path, "my.sock");
    await listenOnSocketFile(newServer(), file, 10);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory.path)).toEqual(["my.sock"]);
    expect(await saidAt(file)).toBe("hello");
  });

  it("is removed when its server has closed", async () => {
    const file = join(directory.path, "my.sock");
    const server = newServer();
    const socketFile = await listenOnSocketFile(server, file, 10);
    await closed(server);
    await socketFile.remove();
    expect(existsSync(file)).toBe(false);
  });

  it("is not removed where another has taken its place", async () => {
    const file = join(directory.path, "my.sock");
    const before = newServer();
    const socketFile = await listenOnSocketFile(before, file, 10);
    await closed(before);
    await listenOnSocketFile(newServer(), file, 10);
    await socketFile.remove();
    expect(await saidAt(file)).toBe("hello");
  });

  it("replaces one that was left behind", async () => {
    const file = join(directory.path, "my.sock");
    const dead = newServer();
    await listenOnSocketFile(dead, file, 10);
    await closed(dead);
    expect(existsSync(file)).toBe(true);
    await listenOnSocketFile(newServer(), file, 10);
    expect(await saidAt(file)).toBe("hello");
  });

  it("does not replace one that is listened on", async () => {
    const file = join(directory.path, "my.sock");
    await listenOnSocketFile(newServer(), file, 10);
    await expect(listenOnSocketFile(newServer(), file, 10)).rejects.toThrow("another program listens there");
    expect(await saidAt(file)).toBe("hello");
  });

  it("does not replace a file that is no socket", async () => {
    const file = join(directory.path, "notes.txt");
    writeFileSync(file, "keep me");
    await expect(listenOnSocketFile(newServer(), file, 10)).rejects.toThrow("not a socket");
    expect(readFileSync(file, "utf8")).toBe("keep me");
  });

  it("cannot have a path that is too long", async () => {
    await expect(listenOnSocketFile(newServer(), join(directory.path, "x".repeat(120)), 10)).rejects.toThrow("103 bytes");
    expect(readdirSync(directory.path)).toEqual([]);
  });

  it("needs its folder", async () => {
    await expect(listenOnSocketFile(newServer(), join(directory.path, "missing", "my.sock"), 10)).rejects.toMatchObject({ code: "ENOENT" });
  });
});
