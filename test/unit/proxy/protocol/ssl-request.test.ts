import { expect, it } from "vitest";
import { isSslRequest, writeResponseHead } from "../../../../proxy/protocol/ssl-request.ts";
import { responses, sslRequest } from "../../../support/connection-phase-packets.ts";

it("knows an SSLRequest from an answer to the greeting", () => {
  expect(isSslRequest(sslRequest)).toBe(true);
  expect(isSslRequest(responses.mysql)).toBe(false);
  expect(isSslRequest(responses.mysql.subarray(0, 32))).toBe(false);
});

it("writes the SSLRequest of the mariadb client", () => {
  const head = { capabilities: 0x00bfaa84, maxPacketSize: 0x100000, characterSet: 33, mariaDbCapabilities: 0x1d };
  expect(writeResponseHead(head).payload().toString("hex")).toBe(sslRequest.toString("hex"));
});
