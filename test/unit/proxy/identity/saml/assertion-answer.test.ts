import { once } from "node:events";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ExpectedAnswer, OpenPlace } from "../../../../../proxy/identity/answers/answer-place.ts";
import { begunByProgram, loopbackPlace } from "../../../../../proxy/identity/answers/loopback-listener.ts";
import { assertionAnswer } from "../../../../../proxy/identity/saml/assertion-answer.ts";
import { FailureError } from "../../../../../proxy/model/failure.ts";

let consumer: OpenPlace<string>;
let turnedAway: string[];
let cancel: AbortController;

const open = (over: Partial<ExpectedAnswer<string>> = {}): Promise<OpenPlace<string>> =>
  loopbackPlace(begunByProgram).open({
    ...assertionAnswer(0, (samlResponse) => (samlResponse === "ours" ? null : "It is not ours.")),
    limitMs: 60_000,
    signal: cancel.signal,
    turnedAway: (message) => turnedAway.push(message),
    ...over,
  });

beforeEach(async () => {
  turnedAway = [];
  cancel = new AbortController();
  consumer = await open();
});

afterEach(() => consumer.close());

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

const form = { "content-type": "application/x-www-form-urlencoded" };

async function send({ method = "POST", path, headers = form, body = "SAMLResponse=ours" }: Sent): Promise<{
  status: number | undefined;
  headers: IncomingHttpHeaders;
  text: string;
}> {
  const { port, pathname } = new URL(consumer.address);
  const request = httpRequest({ host: "127.0.0.1", port, method, path: path ?? pathname, headers });
  request.on("error", () => undefined).end(body);
  const [response] = await once(request, "response");
  let text = "";
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, headers: response.headers, text };
}

describe("the assertion consumer", () => {
  it("gives the response, and holds its sender until the person can be told how it ended", async () => {
    const sent = send({ body: "SAMLResponse=ours&RelayState=x" });
    const { answer: samlResponse, tell } = await consumer.answer();
    expect(samlResponse).toBe("ours");
    tell({ title: "Done", message: "<script>alert(1)</script>" });
    const { status, headers, text } = await sent;
    expect(status).toBe(200);
    expect(text).toContain("&lt;script&gt;");
    expect(headers).toMatchObject({
      "content-security-policy": expect.stringContaining("default-src 'none'"),
      "cache-control": "no-store",
    });
  });

  it.each<readonly [string, Sent, number]>([
    ["another path", { path: "/" }, 404],
    ["a query", { path: "/saml/acs?x=1" }, 404],
    ["another method", { method: "PUT" }, 405],
    ["another host's name, as a page of a rebound name would use", { headers: { ...form, host: "evil.example.test" } }, 400],
    ["another type", { headers: { "content-type": "text/xml" } }, 415],
    ["no type", { headers: {} }, 415],
  ])("refuses %s without a word to the sign-in", async (_name, sent, status) => {
    expect((await send(sent)).status).toBe(status);
    expect(turnedAway).toEqual([]);
  });

  it.each<readonly [string, Sent, number, RegExp]>([
    ["without a response", { body: "RelayState=x" }, 400, /without a response/],
    ["with two responses", { body: "SAMLResponse=ours&SAMLResponse=ours" }, 400, /without a response/],
    ["that is not ours", { body: "SAMLResponse=other" }, 400, /not ours/],
    ["that is too large", { body: `SAMLResponse=${"x".repeat(600_000)}` }, 413, /larger/],
  ])("turns an answer away %s, tells of it, and waits on", async (_name, sent, status, message) => {
    expect((await send(sent)).status).toBe(status);
    expect(turnedAway).toEqual([expect.stringMatching(message)]);
    const good = send({});
    (await consumer.answer()).tell({ title: "", message: "" });
    expect((await good).status).toBe(200);
  });

  it("takes one answer only", async () => {
    const first = send({});
    const { tell } = await consumer.answer();
    expect((await send({})).status).toBe(410);
    tell({ title: "", message: "" });
    expect((await first).status).toBe(200);
  });

  it("takes one of two answers that come at the same time", async () => {
    const sent = [send({}), send({})];
    (await consumer.answer()).tell({ title: "", message: "" });
    expect((await Promise.all(sent)).map(({ status }) => status).toSorted()).toEqual([200, 410]);
  });

  it("ends when the person takes too long, and when they cancel", async () => {
    const short = await open({ limitMs: 1 });
    await expect(short.answer()).rejects.toMatchObject({ code: "sign-in-timeout" });
    short.close();
    const answer = consumer.answer();
    cancel.abort();
    await expect(answer).rejects.toMatchObject({ code: "sign-in-cancelled" });
  });

  it("is cancelled by what was cancelled before", async () => {
    cancel.abort();
    await expect(consumer.answer()).rejects.toBeInstanceOf(FailureError);
  });

  it("goes on when somebody goes away in the middle of their request, and keeps nobody when it closes", async () => {
    const { port } = new URL(consumer.address);
    const begin = "POST /saml/acs HTTP/1.1\r\nhost: 127.0.0.1:";
    const gone = connect(Number(port), "127.0.0.1").on("error", () => undefined);
    gone.write(`${begin}${port}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\r\nSAML`, () =>
      gone.destroy(),
    );
    await once(gone, "close");
    const waiting = connect(Number(port), "127.0.0.1").on("error", () => undefined);
    await once(waiting, "connect");
    const good = send({});
    (await consumer.answer()).tell({ title: "", message: "" });
    expect((await good).status).toBe(200);
    consumer.close();
    await once(waiting, "close");
  });

  it("uses the port that the provider knows, and says where it is taken", async () => {
    const { port } = new URL(consumer.address);
    await expect(open({ port: Number(port) })).rejects.toMatchObject({ code: "cannot-listen", message: expect.stringContaining(port) });
  });
});
