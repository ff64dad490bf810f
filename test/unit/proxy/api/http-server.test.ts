import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type BrowserHost, startBrowserHost } from "../../../../proxy/api/http-server.ts";
import { StaticFiles } from "../../../../proxy/api/static-files.ts";
import { type RawAnswer, rawRequest, rawUpgrade } from "../../../support/api/raw-request.ts";

const directory = mkdtempSync(join(tmpdir(), "stenograph-page-"));
const fresh: string[] = [];
let host: BrowserHost;
let cookie: string;

beforeAll(async () => {
  const page = join(directory, "renderer");
  mkdirSync(join(page, "assets"), { recursive: true });
  writeFileSync(join(page, "index.html"), "<!doctype html><title>Stenograph</title>");
  writeFileSync(join(page, "assets", "main-Ab3_dE9x.js"), "export {};");
  writeFileSync(join(directory, "secret.txt"), "outside");
  symlinkSync(join(directory, "secret.txt"), join(page, "link.txt"));
  host = await start(0);
  cookie = await letIn(host);
});

afterAll(async () => {
  await host.close();
  rmSync(directory, { recursive: true });
});

async function start(port: number): Promise<BrowserHost> {
  const files = await StaticFiles.open(join(directory, "renderer"));
  return startBrowserHost({ port, files, connect: () => undefined, onFreshAddress: (url) => fresh.push(url) });
}

const hostHeader = () => `Host: 127.0.0.1:${host.port}`;

function get(path: string, ...headers: string[]): Promise<RawAnswer> {
  return rawRequest(host.port, [
    `GET ${path} HTTP/1.1`,
    ...(headers.some((line) => /^host:/i.test(line)) ? [] : [hostHeader()]),
    ...headers,
  ]);
}

async function letIn(target: BrowserHost): Promise<string> {
  const answer = await rawRequest(target.port, [`GET /${new URL(target.url).search} HTTP/1.1`, `Host: 127.0.0.1:${target.port}`]);
  return `Cookie: ${answer.headers.get("set-cookie")?.split(";")[0]}`;
}

describe("the one-time token", () => {
  it("is in the printed address, which is on loopback", () => {
    expect(host.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
  });

  it("is exchanged for a strict cookie that scripts cannot read, and the address is forgotten", async () => {
    const before = host.url;
    const answer = await get(`/${new URL(before).search}`);
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("set-cookie")).toMatch(/^stenograph-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(host.url).not.toBe(before);
    expect(fresh.at(-1)).toBe(host.url);
  });

  it("is asked for on a page of its own, which says where it is printed, where a browser asks for a page", async () => {
    const accept = "Accept: text/html,application/xhtml+xml";
    const unknown = await get("/", accept);
    expect(unknown.status).toBe(401);
    expect(unknown.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(unknown.body).toContain("<h1>This browser is not signed in</h1>");
    expect(unknown.body).toContain("was started again since");
    expect(unknown.body).toContain(`http://127.0.0.1:${host.port}/?token=…`);
    expect((await get("/?token=spent", accept)).body).toContain("was used before");
    expect((await get("/", accept, "Host: evil.example")).body).toContain("<h1>This request was refused</h1>");
  });

  it("is asked for in a sentence where anything else is asked for", async () => {
    const answer = await get("/assets/main-Ab3_dE9x.js");
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(answer.body).toMatch(/^Stenograph does not know this browser.*\n$/);
  });

  it("is good once", async () => {
    const { search } = new URL(host.url);
    expect((await get(`/${search}`)).status).toBe(303);
    const again = await get(`/${search}`);
    expect(again.status).toBe(401);
    expect(again.body).toMatch(/used before/);
  });

  it("may be used again by the browser that was let in with it", async () => {
    const { search } = new URL(host.url);
    const own = `Cookie: ${(await get(`/${search}`)).headers.get("set-cookie")?.split(";")[0]}`;
    expect((await get(`/${search}`, own)).status).toBe(303);
  });

  it.each(["", "x", "%00", "a".repeat(4000)])("is refused when it is “%s”, and costs nothing", async (token) => {
    const before = host.url;
    expect((await get(`/?token=${token}`)).status).toBe(401);
    expect(host.url).toBe(before);
  });

  it("is not spent by a request that only asks for the head", async () => {
    const before = host.url;
    await rawRequest(host.port, [`HEAD /${new URL(before).search} HTTP/1.1`, hostHeader()]);
    expect(host.url).toBe(before);
  });

  it("is exchanged on a page of ours when another site's link led here", async () => {
    const answer = await get(`/${new URL(host.url).search}`, "Sec-Fetch-Site: cross-site");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("set-cookie")).toBeDefined();
    expect(answer.body).toContain('url=/"');
  });
});

describe("every request", () => {
  it("is served to who holds a cookie", async () => {
    const answer = await get("/", cookie);
    expect(answer.status).toBe(200);
    expect(answer.body).toContain("<title>Stenograph</title>");
  });

  it.each([
    ["no cookie", [] as string[], 401],
    ["another cookie", ["Cookie: stenograph=1"], 401],
    ["a made-up value", ["Cookie: stenograph-PORT=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"], 401],
    ["an empty value", ["Cookie: stenograph-PORT="], 401],
    ["another host", ["COOKIE", "Host: evil.example"], 403],
    ["another host with our port", ["COOKIE", "Host: evil.example:PORT"], 403],
    ["a host that begins like ours", ["COOKIE", "Host: 127.0.0.1.evil.example:PORT"], 403],
    ["another port", ["COOKIE", "Host: 127.0.0.1:1"], 403],
    ["no port", ["COOKIE", "Host: 127.0.0.1"], 403],
    ["another origin", ["COOKIE", "Origin: http://evil.example"], 403],
    ["an opaque origin", ["COOKIE", "Origin: null"], 403],
    ["our origin under another port", ["COOKIE", "Origin: http://127.0.0.1:1"], 403],
    ["our origin with another scheme", ["COOKIE", "Origin: https://127.0.0.1:PORT"], 403],
    ["our origin", ["COOKIE", "Origin: http://127.0.0.1:PORT"], 200],
    ["our other name", ["COOKIE", "Host: localhost:PORT"], 200],
    ["our other name and its origin", ["COOKIE", "Host: localhost:PORT", "Origin: http://localhost:PORT"], 200],
    ["the origin of our other name", ["COOKIE", "Host: localhost:PORT", "Origin: http://127.0.0.1:PORT"], 403],
  ])("with %s", async (_what, lines, status) => {
    const headers = lines.map((line) => (line === "COOKIE" ? cookie : line.replace("PORT", String(host.port))));
    const answer = await get("/", ...headers);
    expect(answer.status).toBe(status);
    if (status !== 200) expect(answer.body).toMatch(/^[A-Z].*\.\n$/);
  });

  it.each(["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])("is refused when it is a %s", async (method) => {
    const answer = await rawRequest(host.port, [`${method} / HTTP/1.1`, hostHeader(), cookie]);
    expect(answer.status).toBe(405);
  });

  it("that is no HTTP is answered, and the server goes on", async () => {
    expect((await rawRequest(host.port, ["\u0000\u0001 nonsense"])).status).toBe(400);
    expect((await get("/", cookie)).status).toBe(200);
  });

  it("is answered with the content policy and its companions, also when it is refused", async () => {
    for (const answer of [await get("/", cookie), await get("/"), await get("/nothing", cookie)]) {
      expect(answer.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self';.*frame-ancestors 'none'$/);
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
      expect(answer.headers.get("cross-origin-opener-policy")).toBe("same-origin");
      expect(answer.headers.get("cross-origin-resource-policy")).toBe("same-origin");
    }
  });
});

describe("the upgrade to a WebSocket", () => {
  it.each([
    ["cookie, host and origin of ours", ["COOKIE", "Host: 127.0.0.1:PORT", "Origin: http://127.0.0.1:PORT"], "/api", 101],
    ["no cookie", ["Host: 127.0.0.1:PORT", "Origin: http://127.0.0.1:PORT"], "/api", 401],
    ["no origin", ["COOKIE", "Host: 127.0.0.1:PORT"], "/api", 403],
    ["another origin", ["COOKIE", "Host: 127.0.0.1:PORT", "Origin: http://evil.example"], "/api", 403],
    ["another port's origin", ["COOKIE", "Host: 127.0.0.1:PORT", "Origin: http://127.0.0.1:8080"], "/api", 403],
    ["another host and its origin", ["COOKIE", "Host: evil.example:PORT", "Origin: http://evil.example:PORT"], "/api", 403],
    ["another address", ["COOKIE", "Host: 127.0.0.1:PORT", "Origin: http://127.0.0.1:PORT"], "/other", 404],
  ])("with %s", async (_what, lines, path, status) => {
    const headers = lines.map((line) => (line === "COOKIE" ? cookie : line.replace("PORT", String(host.port))));
    expect((await rawUpgrade(host.port, headers, path)).status).toBe(status);
  });
});

describe("a browser", () => {
  it("has one name for all of its pages and another than other browsers, and is forgotten when 64 newer ones were let in", async () => {
    const connected: string[] = [];
    const forgotten: string[] = [];
    const busy = await startBrowserHost({
      port: 0,
      files: null,
      connect: (_channel, browser) => void connected.push(browser),
      forgotten: (browser) => forgotten.push(browser),
      onFreshAddress: () => undefined,
    });
    const open = (own: string) =>
      rawUpgrade(busy.port, [`Host: 127.0.0.1:${busy.port}`, `Origin: http://127.0.0.1:${busy.port}`, own]).then(({ status }) => status);
    const [one, other] = [await letIn(busy), await letIn(busy)];
    for (const own of [one, other, one]) expect(await open(own)).toBe(101);
    expect(connected[0]).toBe(connected[2]);
    expect(connected[0]).not.toBe(connected[1]);
    for (let count = 0; count < 63; count += 1) await letIn(busy);
    expect(forgotten).toEqual([connected[0]]);
    expect(await open(one)).toBe(401);
    expect(await open(other)).toBe(101);
    await busy.close();
  });
});

describe("a browser that was forgotten", () => {
  it("is told nothing more on what it had opened before", async () => {
    const busy = await startBrowserHost({ port: 0, files: null, connect: () => undefined, onFreshAddress: () => undefined });
    const [cookieHeader, otherHeader] = [await letIn(busy), await letIn(busy)];
    const [page, other] = [cookieHeader, otherHeader].map(
      (header) =>
        new WebSocket(`ws://127.0.0.1:${busy.port}/api`, {
          origin: `http://127.0.0.1:${busy.port}`,
          headers: { cookie: header.slice("Cookie: ".length) },
        }),
    );
    if (page === undefined || other === undefined) throw new Error("two pages were opened");
    await Promise.all([once(page, "open"), once(other, "open")]);
    for (let count = 0; count < 63; count += 1) await letIn(busy);
    if (page.readyState !== WebSocket.CLOSED) await once(page, "close");
    expect(other.readyState).toBe(WebSocket.OPEN);
    other.terminate();
    await busy.close();
  });
});

describe("files", () => {
  it("that carry a hash in their name are kept by the browser for good", async () => {
    const answer = await get("/assets/main-Ab3_dE9x.js", cookie);
    expect(answer.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("private, max-age=31536000, immutable");
  });

  it("without one are asked for again, and not sent again when they are the same", async () => {
    const first = await get("/", cookie);
    expect(first.headers.get("cache-control")).toBe("no-cache");
    const again = await get("/", cookie, `If-None-Match: ${first.headers.get("etag")}`);
    expect(again.status).toBe(304);
    expect(again.body).toBe("");
  });

  it.each([
    "/../secret.txt",
    "/assets/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e%2fsecret.txt",
    "/..%5csecret.txt",
    "//etc/passwd",
    "/assets/%00",
    "/%",
    "/%ff",
    "/link.txt",
    "/assets",
    "/index.html/",
  ])("outside of the page cannot be reached with %s", async (path) => {
    const answer = await get(path, cookie);
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain("outside");
  });

  it("are missed with a sentence where nothing was built", async () => {
    const bare = await startBrowserHost({ port: 0, files: null, connect: () => undefined, onFreshAddress: () => undefined });
    const answer = await rawRequest(bare.port, ["GET / HTTP/1.1", `Host: 127.0.0.1:${bare.port}`, await letIn(bare)]);
    await bare.close();
    expect(answer.status).toBe(503);
    expect(answer.body).toMatch(/has not been built/);
  });
});

describe("the port", () => {
  it("that is in use is named in one sentence", async () => {
    await expect(start(host.port)).rejects.toMatchObject({ code: "port-in-use", message: expect.stringContaining(`Port ${host.port}`) });
  });

  it("is free again after the host was closed, also with a browser connected", async () => {
    const first = await start(0);
    const idle = await rawRequest(first.port, ["GET / HTTP/1.1", `Host: 127.0.0.1:${first.port}`, await letIn(first)]);
    expect(idle.status).toBe(200);
    await first.close();
    const second = await start(first.port);
    await second.close();
  });
});
