import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { peerAccount } from "../identity/answers/peer-account.ts";
import { FailureError, failureOf } from "../model/failure.ts";
import { BrowserAccess } from "./browser-access.ts";
import { securityHeaders } from "./content-policy.ts";
import { refusalPage } from "./refusal-page.ts";
import { browserOf, hostRefusal, ownOrigin, type Refusal, refusalOf, unknownBrowser } from "./request-rules.ts";
import { SignInAnswers } from "./sign-in-answers.ts";
import type { StaticFiles } from "./static-files.ts";
import { type Connect, WebSocketServer } from "./websocket.ts";

export interface BrowserHostOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  /** The built renderer, or `null` where it was not built: then a sentence says so. */
  readonly files: StaticFiles | null;
  readonly connect: Connect;
  /** Hears of a browser that has to be let in anew, and is then another one. */
  readonly forgotten?: (browser: string) => void;
  /** Hears of an answer of an identity provider that nobody in that browser waits for. */
  readonly answerRefused?: (message: string) => void;
  /** Hears the address with a fresh one-time token: after the one before was used. */
  readonly onFreshAddress: (url: string) => void;
}

/** A browser sends the cookies of everything that was ever served on this address, up to 180 of 4 KiB each; other requests are small. */
const mostHeaderBytes = 1024 * 1024;

/** The browser host: the renderer's files and the API's WebSocket, on loopback only. */
export interface BrowserHost {
  /** The address with the one-time token that is good now. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Rejects with `FailureError` (`port-in-use`, `cannot-listen`). */
export async function startBrowserHost(options: BrowserHostOptions): Promise<BrowserHost> {
  const server = createServer({ maxHeaderSize: mostHeaderBytes });
  const port = await listen(server, options.port);
  const sockets = new WebSocketServer(options.connect);
  const access = new BrowserAccess(port, (browser) => {
    sockets.closeOf(browser);
    options.forgotten?.(browser);
  });
  const answers = new SignInAnswers({ port, browserOf: (request) => browserOf(request, access), refused: options.answerRefused });
  const address = () => `http://127.0.0.1:${port}/?token=${access.token}`;
  const respond = responder(options, port, access, answers, address);
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    respond(request, response).catch((cause: unknown) => refuse(response, 500, `The answer failed: ${failureOf(cause).message}.`));
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const browser = browserOf(request, access);
    const refusal = refusalOf(request, port, "upgrade");
    if (refusal !== null) return refuseUpgrade(socket, refusal.status, refusal.message);
    if (browser === null) return refuseUpgrade(socket, unknownBrowser.status, unknownBrowser.message);
    if (request.url !== "/api") return refuseUpgrade(socket, 404, "The WebSocket is at /api.");
    sockets.accept(request, socket, head, browser, answers.placeOf(browser, ownOrigin(request)));
  });
  return {
    get url() {
      return address();
    },
    port,
    close: () => close(server, sockets),
  };
}

function listen(server: Server, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once("error", (error: NodeJS.ErrnoException) => reject(listenFailure(error, port)));
  server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  return promise;
}

function listenFailure(error: NodeJS.ErrnoException, port: number): FailureError {
  if (error.code === "EADDRINUSE") {
    return new FailureError(
      "port-in-use",
      `Port ${port} of 127.0.0.1 is in use by another program, which may be another Stenograph. End that one, or choose another port: --port 0 takes one that is free.`,
      { cause: error },
    );
  }
  if (error.code === "EACCES") {
    return new FailureError(
      "cannot-listen",
      `The operating system does not let this account use port ${port}: ports below 1024 are for administrators, and some others are reserved. Choose another port: --port 0 takes one that is free.`,
      { cause: error },
    );
  }
  return new FailureError("cannot-listen", `The browser host could not listen on 127.0.0.1:${port}: ${error.message}.`, { cause: error });
}

type Respond = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

function responder(
  options: BrowserHostOptions,
  port: number,
  access: BrowserAccess,
  answers: SignInAnswers,
  address: () => string,
): Respond {
  return async (request, response) => {
    if (answers.isOne(request)) {
      const wrongHost = hostRefusal(request, port);
      return wrongHost === null ? answers.serve(request, response) : turnAway(request, response, wrongHost, port);
    }
    const refusal = refusalOf(request, port, "page");
    if (refusal !== null) return turnAway(request, response, refusal, port);
    if (request.method !== "GET" && request.method !== "HEAD")
      return refuse(response, 405, "Only GET and HEAD are served here.", { Allow: "GET, HEAD" });
    const { path, token } = parts(request.url ?? "/");
    if (path === "/" && token !== null && request.method === "GET") {
      const cookie = access.exchange(token, peerAccount(request.socket));
      if (cookie !== null) options.onFreshAddress(address());
      if (cookie !== null) return letIn(request, response, cookie);
      if (browserOf(request, access) !== null) return redirect(response, {});
    }
    if (browserOf(request, access) === null)
      return turnAway(request, response, token === null ? unknownBrowser : { ...unknownBrowser, message: spentToken }, port);
    await serveFile(options.files, path, request, response);
  };
}

const spentToken =
  "This one-time token is wrong, or was used before. Open the newest address that Stenograph printed: it prints another each time one is used.";

/** Refuses with a page to who asks for one, else with a sentence. */
function turnAway(request: IncomingMessage, response: ServerResponse, refusal: Refusal, port: number): void {
  const wantsPage = request.headers.accept?.includes("text/html") === true;
  if (wantsPage) refuse(response, refusal.status, refusalPage(refusal, port), { "Content-Type": "text/html; charset=utf-8" });
  else refuse(response, refusal.status, refusal.message);
}

/** The address's path as it was sent: not normalised, so that what is looked up is what was asked for. */
function parts(url: string): { path: string; token: string | null } {
  const [path = "/", query = ""] = url.split("?", 2);
  return { path, token: new URLSearchParams(query).get("token") };
}

async function serveFile(files: StaticFiles | null, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (files === null) return refuse(response, 503, "The user interface has not been built. Run npm run build, then start again.");
  const file = await files.find(path);
  if (file === null) return refuse(response, 404, "There is nothing at this address.");
  const unchanged = request.headers["if-none-match"] === file.headers.ETag;
  if (unchanged) {
    const { "Content-Length": _, ...headers } = file.headers;
    response.writeHead(304, { ...securityHeaders, ...headers }).end();
  } else {
    response.writeHead(200, { ...securityHeaders, ...file.headers }).end(request.method === "HEAD" ? undefined : file.body);
  }
}

/**
 * Gives the cookie out and goes on to the page. A browser that followed a link on another site's page would leave a strict
 * cookie out of the redirected request, but not out of one that our own page makes.
 */
function letIn(request: IncomingMessage, response: ServerResponse, cookie: string): void {
  if (request.headers["sec-fetch-site"] !== "cross-site") {
    redirect(response, { "Set-Cookie": cookie });
    return;
  }
  const headers = { "Set-Cookie": cookie, "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" };
  response
    .writeHead(200, { ...securityHeaders, ...headers })
    .end('<!doctype html><meta http-equiv="refresh" content="0;url=/"><a href="/">Open Stenograph</a>\n');
}

function redirect(response: ServerResponse, headers: Record<string, string>): void {
  response.writeHead(303, { ...securityHeaders, ...headers, Location: "/", "Cache-Control": "no-store" }).end();
}

function refuse(response: ServerResponse, status: number, message: string, headers: Record<string, string> = {}): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = Buffer.from(`${message}\n`);
  const plain = { "Content-Type": "text/plain; charset=utf-8", "Content-Length": String(body.length), "Cache-Control": "no-store" };
  response.writeHead(status, { ...securityHeaders, ...plain, ...headers }).end(body);
}

function refuseUpgrade(socket: Duplex, status: number, message: string): void {
  socket.on("error", () => socket.destroy());
  const headers = "Content-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\nConnection: close";
  socket.end(`HTTP/1.1 ${status} Refused\r\n${headers}\r\n\r\n${message}\n`, () => socket.destroy());
}

async function close(server: Server, sockets: WebSocketServer): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  sockets.close();
  server.closeAllConnections();
  await closed;
}
