import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { userInfo } from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LocalProcesses, type SocketEnds } from "../../../../proxy/relay/local-processes.ts";

const patientMs = 60_000;
/** However slow this machine is. */
const noTimePasses = (): number => 0;
let processes: LocalProcesses;
let servers: Server[] = [];
let child: ChildProcess | null = null;
let sockets: Socket[] = [];

beforeEach(() => {
  processes = new LocalProcesses(patientMs, noTimePasses);
});

afterEach(() => {
  child?.kill("SIGKILL");
  for (const socket of sockets) socket.destroy();
  sockets = [];
  for (const server of servers) server.close();
  servers = [];
});

/** Listens on `host`, has `client` connect, and gives the ends as the listener sees them. */
async function accepted(host: string, client: (port: number) => void): Promise<SocketEnds> {
  const listening = createServer();
  servers.push(listening.listen(0, host));
  await once(listening, "listening");
  const connected = once(listening, "connection") as Promise<[Socket]>;
  client((listening.address() as AddressInfo).port);
  const [socket] = await connected;
  sockets.push(socket);
  return {
    client: { address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 },
    listener: { address: socket.localAddress ?? "", port: socket.localPort ?? 0 },
  };
}

describe.skipIf(process.platform !== "linux")("the process of a client of this machine", () => {
  it.each([
    ["127.0.0.1", "127.0.0.1"],
    ["::1", "::1"],
    ["::", "127.0.0.1"],
    ["127.0.0.1", "::ffff:127.0.0.1"],
  ])("that listens on %s and is reached at %s is found with its program and its user", async (host, reached) => {
    const ends = await accepted(host, (port) => {
      child = spawn(process.execPath, ["-e", `require("net").connect({ host: "${reached}", port: ${port} }).on("error", () => {})`]);
    });
    const expected = { pid: child?.pid, program: process.execPath, user: userInfo().username };
    expect(await processes.find(ends)).toEqual(expected);
    expect(await processes.find(ends)).toEqual(expected);
  });

  it("is this one where this one is the client", async () => {
    const ends = await accepted("127.0.0.1", (port) => sockets.push(connect(port, "127.0.0.1")));
    expect(await processes.find(ends)).toMatchObject({ pid: process.pid });
  });

  it("is found wherever its connection is among very many", async () => {
    const all: SocketEnds[] = [];
    const listening = createServer((socket) => sockets.push(socket));
    servers.push(listening.listen(0, "127.0.0.1"));
    await once(listening, "listening");
    const { port } = listening.address() as AddressInfo;
    for (let count = 0; count < 200; count += 1) {
      const socket = connect(port, "127.0.0.1");
      sockets.push(socket);
      await once(socket, "connect");
      all.push({ client: { address: "127.0.0.1", port: socket.localPort ?? 0 }, listener: { address: "127.0.0.1", port } });
    }
    for (const ends of all.filter((_, index) => index % 20 === 0)) expect(await processes.find(ends)).toMatchObject({ pid: process.pid });
  });

  it("is not known where there is no such connection", async () => {
    const ends = await accepted("127.0.0.1", (port) => sockets.push(connect(port, "127.0.0.1")));
    expect(await processes.find({ ...ends, client: { ...ends.client, address: "127.0.0.2" } })).toBeNull();
    expect(await processes.find({ ...ends, client: { address: "not an address", port: -1 } })).toBeNull();
  });

  it("is not looked for where that has taken more than a tenth of the time lately", async () => {
    let time = 0;
    const busy = new LocalProcesses(patientMs, () => {
      time += 150;
      return time;
    });
    const ends = await accepted("127.0.0.1", (port) => sockets.push(connect(port, "127.0.0.1")));
    expect(await busy.find(ends)).toMatchObject({ pid: process.pid });
    expect(await busy.find(ends)).toBeNull();
    time += 100_000;
    expect(await busy.find(ends)).toMatchObject({ pid: process.pid });
  });

  it("is not looked for where too many wait for an answer", async () => {
    const ends = await accepted("127.0.0.1", (port) => sockets.push(connect(port, "127.0.0.1")));
    const found = await Promise.all(Array.from({ length: 40 }, () => processes.find(ends)));
    expect(found.filter((one) => one?.pid === process.pid)).toHaveLength(16);
    expect(found.filter((one) => one === null)).toHaveLength(24);
  });
});
