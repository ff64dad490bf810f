import { describe, expect, it } from "vitest";
import { Capability } from "../../../../proxy/protocol/capabilities.ts";
import { decodeChangeUser, encodeChangeUser } from "../../../../proxy/protocol/change-user.ts";

const all = Capability.SECURE_CONNECTION | Capability.PLUGIN_AUTH | Capability.CONNECT_ATTRS;
const change = {
  user: Buffer.from("app"),
  authResponse: Buffer.alloc(20, 7),
  schema: Buffer.from("test"),
  characterSet: 255,
  authPlugin: "mysql_native_password",
  attributes: Buffer.from("\x03_os\x05Linux", "latin1"),
};

describe("COM_CHANGE_USER", () => {
  it("reads what it writes", () => {
    expect(decodeChangeUser(encodeChangeUser(change, all), all)).toEqual({ ok: true, value: change });
  });

  it("has a layout that can be read by hand", () => {
    const short = {
      ...change,
      user: Buffer.from("a"),
      authResponse: Buffer.of(1),
      schema: Buffer.from("b"),
      authPlugin: "p",
      attributes: null,
    };
    expect(encodeChangeUser(short, all).toString("hex")).toBe("11 6100 0101 6200 ff00 7000".replaceAll(" ", ""));
  });

  it("ends where an old client ends it", () => {
    const old = { ...change, characterSet: null, authPlugin: null, attributes: null };
    expect(decodeChangeUser(encodeChangeUser(old, Capability.SECURE_CONNECTION), Capability.SECURE_CONNECTION)).toEqual({
      ok: true,
      value: old,
    });
  });

  it("takes a packet cut off anywhere without a throw", () => {
    const payload = encodeChangeUser(change, all);
    for (let length = 0; length < payload.length; length += 1) decodeChangeUser(payload.subarray(0, length), all);
    expect(decodeChangeUser(payload.subarray(0, 10), all).ok).toBe(false);
  });
});
