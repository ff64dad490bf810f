import { randomBytes, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ed25519Response } from "../../../../../proxy/protocol/auth/client-ed25519.ts";
import { ed25519PublicKey } from "../../../../../proxy/protocol/auth/okp-key.ts";

/** Public keys as MariaDB 10.11 stores them: `CREATE USER … IDENTIFIED VIA ed25519 USING PASSWORD('…')`. */
const stored = {
  apppw: "tUbgyBkL13TnEDSoFRgO/bM1S7Vxbf3319mT7EUURaI",
  foobar: "qv2mG6HWCuy32Slb5xhV4THStewNz2VINVPbgk+XAJ8",
  secret: "ZIgUREUg5PVgQ6LskhXmO+eZLS0nC8be6HPjYWR4YJY",
  pässwörd: "3AcJUN7vR2AnAzs/McwNtGs2GDbHzL5YqZoIOPw62V0",
  a: "GvRmi9ungFjJD9sKjaq/T3CL1LmO2CLpz5I42gnB7Eg",
  c: "HaoAIH6bNdE81hRWuvQ0EAGI0hRES86bgL9twfHKlq8",
  d: "9jN6MDqdHLQawCzbtT5PNnXeRhSd4VemNVQSL1nJtnI",
  "0123456789abcdef0123456789abcdef0123456789abcdef": "uG1ivB3tvyfYkY0OZbcksvEo5IwyBD3Y4sWmaoBSqYk",
} as const;

describe("the response of client_ed25519", () => {
  it.each(Object.entries(stored))("verifies with the public key that MariaDB stores for “%s”", (password, key) => {
    const publicKey = ed25519PublicKey(Buffer.from(key, "base64"));
    for (let count = 0; count < 8; count += 1) {
      const challenge = randomBytes(32);
      const signature = ed25519Response(password, challenge);
      expect(signature).toHaveLength(64);
      expect(verify(null, challenge, publicKey, signature)).toBe(true);
      expect(verify(null, randomBytes(32), publicKey, signature)).toBe(false);
    }
  });

  it("is tried with public keys of both signs", () => {
    expect(new Set(Object.values(stored).map((key) => (Buffer.from(key, "base64")[31] ?? 0) >> 7))).toEqual(new Set([0, 1]));
  });

  it("is nothing for the empty password", () => {
    expect(ed25519Response("", randomBytes(32))).toHaveLength(0);
  });
});
