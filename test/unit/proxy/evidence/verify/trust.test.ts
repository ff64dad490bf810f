import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keyIdOf } from "../../../../../proxy/evidence/signing/public-key.ts";
import { readTrust } from "../../../../../proxy/evidence/verify/trust.ts";
import { memoryDeviceKey } from "../../../../support/evidence/memory-device-key.ts";
import { temporaryDirectory } from "../../../../support/stenograph.ts";

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory[Symbol.dispose]());

function trustOf(content: string): ReturnType<typeof readTrust> {
  const file = path.join(directory.path, "trust.json");
  fs.writeFileSync(file, content);
  return readTrust(file);
}

describe("a trust file", () => {
  it("may name as little as the verifier knows", () => {
    const { publicKey } = memoryDeviceKey();
    expect(trustOf("{}")).toEqual({ issuers: new Map(), tsaRoots: [], devices: new Map(), checkpoints: [] });
    expect(trustOf(JSON.stringify({ devices: [{ name: "hers", jwk: publicKey }] })).devices).toEqual(
      new Map([[keyIdOf(publicKey), "hers"]]),
    );
  });

  it.each([
    ["is not there", null],
    ["is no JSON", "{"],
    ["has a member twice", '{"issuers":{},"issuers":{}}'],
    ["has another form", '{"issuers":7}'],
    ["says more than is known", '{"other":1}'],
    ["names a device by something that is no key", '{"devices":[{"name":"x","jwk":{"kty":"oct","k":"AAAA"}}]}'],
    ["has a checkpoint that is none", '{"checkpoints":["x"]}'],
    ["has a root that is no certificate", '{"tsaRoots":["x"]}'],
  ])("is refused with a sentence where it %s", (_what, content) => {
    const read = () => (content === null ? readTrust(path.join(directory.path, "missing.json")) : trustOf(content));
    expect(read).toThrow(/^The trust file .* cannot be used: [^\n]+\.$/);
  });
});
