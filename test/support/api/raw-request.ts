import { connect } from "node:net";

export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Sends a request exactly as written (no client normalises its path or headers) and reads the answer to its end. */
export function rawRequest(port: number, lines: readonly string[]): Promise<RawAnswer> {
  return converse(port, [...lines, "Connection: close"]);
}

/** The same, asking for a WebSocket; a connection that was upgraded is dropped at once. */
export function rawUpgrade(port: number, headers: readonly string[], path = "/api"): Promise<RawAnswer> {
  const upgrade = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="];
  return converse(port, [`GET ${path} HTTP/1.1`, ...headers, ...upgrade]);
}

function converse(port: number, lines: readonly string[]): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    text += chunk;
    if (text.startsWith("HTTP/1.1 101") && text.includes("\r\n\r\n")) socket.destroy();
  });
  socket.on("error", reject);
  socket.on("close", () => resolve(parse(text)));
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  return promise;
}

function parse(text: string): RawAnswer {
  const end = text.indexOf("\r\n\r\n");
  const [statusLine = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()] as const);
  return { status: Number(statusLine.split(" ")[1]), headers: new Map(headers), body: text.slice(end + 4) };
}
