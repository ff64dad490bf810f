import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BrowserHost, startBrowserHost } from "../../../../proxy/api/http-server.ts";
import { rawRequest } from "../../../support/api/raw-request.ts";

const isLinuxRoot = process.platform === "linux" && process.getuid?.() === 0;
if (!isLinuxRoot)
  process.stderr.write("Not tested: a cookie in the hands of another account, because only root can act as one. Run the tests as root.\n");

const otherAccount = 65_534;
let host: BrowserHost;

beforeAll(async () => {
  host = await startBrowserHost({ port: 0, files: null, connect: () => undefined, onFreshAddress: () => undefined });
});
afterAll(() => host.close());

/** The status that a request of another account gets, which knows `cookie`. */
async function statusForOther(path: string, cookie: string): Promise<{ status: number; answer: string }> {
  const request = `GET ${path} HTTP/1.1\\r\\nHost: 127.0.0.1:${host.port}\\r\\nConnection: close\\r\\n${cookie}\\r\\n\\r\\n`;
  const script = `exec 3<>/dev/tcp/127.0.0.1/${host.port}; printf '${request}' >&3; cat <&3`;
  const child = spawn("bash", ["-c", script], { uid: otherAccount, gid: otherAccount, cwd: "/", stdio: ["ignore", "pipe", "inherit"] });
  let answer = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    answer += chunk;
  });
  await once(child, "close");
  return { status: Number(answer.split(" ")[1]), answer };
}

const cookieIn = (answer: string): string => `Cookie: ${/^set-cookie: ([^;]+)/im.exec(answer)?.[1]}`;

describe.runIf(isLinuxRoot)("a cookie", () => {
  it("that reached a program of another account, as cookies reach every port, lets nobody in", async () => {
    const headers = [`Host: 127.0.0.1:${host.port}`];
    const answer = await rawRequest(host.port, [`GET /${new URL(host.url).search} HTTP/1.1`, ...headers]);
    const cookie = cookieIn(`set-cookie: ${answer.headers.get("set-cookie")}`);
    // 503: who is let in hears that this test built no page.
    expect((await rawRequest(host.port, ["GET / HTTP/1.1", ...headers, cookie])).status).toBe(503);
    expect((await statusForOther("/", cookie)).status).toBe(401);
  });

  it("lets the account in that came with the one-time token, whichever it is", async () => {
    const letIn = await statusForOther(`/${new URL(host.url).search}`, "Accept: */*");
    expect(letIn.status).toBe(303);
    const cookie = cookieIn(letIn.answer);
    expect((await statusForOther("/", cookie)).status).toBe(503);
    expect((await rawRequest(host.port, ["GET / HTTP/1.1", `Host: 127.0.0.1:${host.port}`, cookie])).status).toBe(401);
  });
});
