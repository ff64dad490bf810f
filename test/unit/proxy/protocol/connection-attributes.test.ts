import { expect, it } from "vitest";
import { decodeConnectionAttributes } from "../../../../proxy/protocol/connection-attributes.ts";

const attributes = (text: string): Buffer => Buffer.from(text, "latin1");

it("reads keys and values in turn", () => {
  expect(decodeConnectionAttributes(attributes("\x03_os\x05Linux\x04_pid\x0242"))).toEqual({
    ok: true,
    value: { _os: "Linux", _pid: "42" },
  });
});

it("takes a name that JavaScript reserves as any other", () => {
  const decoded = decodeConnectionAttributes(attributes("\x09__proto__\x01x"));
  expect(decoded.ok && Object.entries(decoded.value)).toEqual([["__proto__", "x"]]);
});

it("calls a key without a value malformed", () => {
  expect(decodeConnectionAttributes(attributes("\x03_os")).ok).toBe(false);
});
