import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { boundedFetch } from "../../../../../proxy/identity/oidc/bounded-fetch.ts";

let server: Server;
let answer: RequestListener;
let address: string;

beforeEach(async () => {
  server = createServer((request, response) => answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const limits = { milliseconds: 200, bytes: 1000 };
const ask = (init: RequestInit = {}) => boundedFetch(limits)(address, init);

describe("What a provider is asked", () => {
  it("is answered as by fetch, as long as it is within the limits", async () => {
    answer = (_request, response) => response.writeHead(201, { "x-one": "1" }).end("x".repeat(1000));
    const response = await ask();
    expect([response.status, response.headers.get("x-one"), (await response.text()).length]).toEqual([201, "1", 1000]);
  });

  it("may be answered with no body", async () => {
    answer = (_request, response) => response.writeHead(204).end();
    expect((await ask()).status).toBe(204);
  });

  it("is given up where no answer begins in time", async () => {
    answer = () => undefined;
    await expect(ask()).rejects.toMatchObject({ code: "provider-unreachable", message: expect.stringContaining("within 0.2 s") });
  });

  it("is given up where the answer does not end in time", async () => {
    answer = (_request, response) => void response.writeHead(200).write("{");
    await expect(ask()).rejects.toMatchObject({ code: "provider-unreachable", message: expect.stringContaining("within 0.2 s") });
  });

  it("is given up where the answer is longer than the limit, however it is packed", async () => {
    answer = (_request, response) => response.end("x".repeat(1001));
    await expect(ask()).rejects.toMatchObject({ code: "provider-refused", message: expect.stringContaining("more than 1000 bytes") });
    const { gzipSync } = await import("node:zlib");
    answer = (_request, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(1_000_000)));
    await expect(ask()).rejects.toMatchObject({ code: "provider-refused" });
  });

  it("is not asked elsewhere where the answer says so", async () => {
    answer = (_request, response) => response.writeHead(302, { location: "https://elsewhere.example" }).end();
    expect((await ask()).status).toBe(302);
  });

  it.each([500, 503, 429])("may be asked again where it is answered by %i", async (status) => {
    answer = (_request, response) => response.writeHead(status).end();
    await expect(ask()).rejects.toMatchObject({ code: "provider-unreachable", message: expect.stringContaining(`HTTP ${status}`) });
  });

  it("is not asked where others could listen", async () => {
    await expect(boundedFetch(limits)("http://provider.example/", {})).rejects.toMatchObject({ code: "provider-refused" });
  });

  it("ends with whoever asks for it", async () => {
    answer = () => undefined;
    const controller = new AbortController();
    const asked = ask({ signal: controller.signal });
    controller.abort(new Error("no longer wanted"));
    await expect(asked).rejects.toThrow("no longer wanted");
  });

  it("says why it could not be reached", async () => {
    server.close();
    await once(server, "close");
    await expect(ask()).rejects.toMatchObject({ code: "provider-unreachable", message: expect.stringContaining("ECONNREFUSED") });
  });
});
