import { spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OpenPlace } from "../../../../../proxy/identity/answers/answer-place.ts";
import { begunBy, begunByProgram, loopbackPlace } from "../../../../../proxy/identity/answers/loopback-listener.ts";
import { redirectAnswer } from "../../../../../proxy/identity/oidc/redirect-answer.ts";

let redirect: OpenPlace<URL>;
let cancel: AbortController;
let turnedAway: string[];

const isLinuxRoot = process.platform === "linux" && process.getuid?.() === 0;
const otherAccount = 65_534;

async function open(limitMs = 60_000, account: number | null = null): Promise<OpenPlace<URL>> {
  cancel = new AbortController();
  turnedAway = [];
  return loopbackPlace(account === null ? begunByProgram : begunBy(account)).open({
    ...redirectAnswer("s-1"),
    limitMs,
    signal: cancel.signal,
    turnedAway: (message) => void turnedAway.push(message),
  });
}
beforeEach(async () => {
  redirect = await open();
});
afterEach(() => redirect.close());

/** What a program of another account is answered that brings the answer. */
async function askAsOther(path: string): Promise<string> {
  const { port, host } = new URL(redirect.address);
  const asking = `GET ${path} HTTP/1.1\\r\\nHost: ${host}\\r\\nConnection: close\\r\\n\\r\\n`;
  const script = `exec 3<>/dev/tcp/127.0.0.1/${port}; printf '${asking}' >&3; cat <&3`;
  const child = spawn("bash", ["-c", script], { uid: otherAccount, gid: otherAccount, cwd: "/", stdio: ["ignore", "pipe", "inherit"] });
  let answer = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    answer += chunk;
  });
  await once(child, "close");
  return answer;
}

/** The status of a request for `path`. */
async function ask(
  path: string,
  { method = "GET", host, purpose }: { method?: string; host?: string; purpose?: string } = {},
): Promise<number | undefined> {
  const { port, host: own } = new URL(redirect.address);
  const asked = request({
    host: "127.0.0.1",
    port,
    path,
    method,
    headers: { host: host ?? own, ...(purpose && { "sec-fetch-dest": purpose }) },
    agent: false,
  }).end();
  const [response] = await once(asked, "response");
  response.resume();
  return response.statusCode;
}

describe("The listener for the provider's answer", () => {
  it("is on 127.0.0.1, with a port of its own", async () => {
    expect(redirect.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    const other = await open();
    expect(other.address).not.toBe(redirect.address);
    other.close();
  });

  it("takes the answer with the right state, and tells the person how it ended", async () => {
    const came = fetch(`${redirect.address}?code=c&state=s-1`);
    const answer = await redirect.answer();
    expect(answer.answer.href).toBe(`${redirect.address}?code=c&state=s-1`);
    answer.tell({ title: "You are signed in as <b>", message: `"Close" & go 'back'` });
    const response = await came;
    expect(await response.text()).toContain("<h1>You are signed in as &lt;b&gt;</h1>\n<p>&quot;Close&quot; &amp; go &#39;back&#39;</p>");
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(Object.fromEntries(response.headers)).toMatchObject({ "referrer-policy": "no-referrer", "cache-control": "no-store" });
  });

  it("takes one answer only", async () => {
    void fetch(`${redirect.address}?code=c&state=s-1`).catch(() => undefined);
    await redirect.answer();
    expect(await ask("/callback?code=d&state=s-1")).toBe(410);
  });

  it.each<[string, string, object, number]>([
    ["another address", "/other?state=s-1", {}, 404],
    ["another path that looks alike", "//callback?state=s-1", {}, 404],
    ["the root", "/", {}, 404],
    ["another method", "/callback?state=s-1", { method: "POST" }, 405],
    ["another name for this machine", "/callback?state=s-1", { host: "evil.example" }, 400],
    ["no state", "/callback?code=c", {}, 400],
    ["another state", "/callback?state=s-2", {}, 400],
    ["two states", "/callback?state=s-1&state=s-1", {}, 400],
  ])("refuses %s, and goes on waiting", async (_, path, options, status) => {
    expect(await ask(path, options)).toBe(status);
    void fetch(`${redirect.address}?code=c&state=s-1`).catch(() => undefined);
    expect((await redirect.answer()).answer.searchParams.get("code")).toBe("c");
  });

  it.each(["image", "iframe", "empty"])("takes nothing that a page asks for unseen (%s), and does not give up for it", async (purpose) => {
    for (let tries = 0; tries < 20; tries += 1) expect(await ask("/callback?state=s-2", { purpose })).toBe(403);
    expect(await ask("/callback?code=c&state=s-1", { purpose })).toBe(403);
    void fetch(`${redirect.address}?code=d&state=s-1`, { headers: { "sec-fetch-dest": "document" } }).catch(() => undefined);
    expect((await redirect.answer()).answer.searchParams.get("code")).toBe("d");
    expect(turnedAway).toEqual([]);
  });

  it.runIf(isLinuxRoot)("takes no answer of another account of the machine, which can have seen all that has to be in it", async () => {
    redirect.close();
    redirect = await open(60_000, process.getuid?.() ?? null);
    for (let tries = 0; tries < 12; tries += 1) expect(await askAsOther("/callback?code=theirs&state=s-1")).toMatch(/^HTTP\/1.1 403 /);
    expect(turnedAway[0]).toContain("another account of this computer");
    void fetch(`${redirect.address}?code=own&state=s-1`).catch(() => undefined);
    expect((await redirect.answer()).answer.searchParams.get("code")).toBe("own");
  });

  it("tells of answers with another state, and of nothing else", async () => {
    await ask("/favicon.ico");
    await ask("/callback?state=s-2");
    expect(turnedAway).toHaveLength(1);
  });

  it("gives up after its time", async () => {
    const short = await open(20);
    await expect(short.answer()).rejects.toMatchObject({ code: "sign-in-timeout" });
    short.close();
  });

  it("gives up when it is cancelled, before or while it waits", async () => {
    const waiting = redirect.answer();
    cancel.abort();
    await expect(waiting).rejects.toMatchObject({ code: "sign-in-cancelled" });
    await expect(redirect.answer()).rejects.toMatchObject({ code: "sign-in-cancelled" });
  });

  it("lets go of everybody when it is closed", async () => {
    const { port } = new URL(redirect.address);
    const socket = connect(Number(port), "127.0.0.1");
    await once(socket, "connect");
    redirect.close();
    await once(socket.resume(), "close");
    await expect(fetch(redirect.address)).rejects.toThrow();
  });

  it("takes no headers without end", async () => {
    expect(await ask(`/callback?state=${"s".repeat(20_000)}`)).toBe(431);
  });
});
