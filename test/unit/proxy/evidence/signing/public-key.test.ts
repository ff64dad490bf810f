import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { calculateJwkThumbprint } from "jose";
import { describe, expect, it } from "vitest";
import { type DeviceJwk, keyIdOf, rawKeyOf, readPublicJwk, verifySignature } from "../../../../../proxy/evidence/signing/public-key.ts";
import { IdentityKey } from "../../../../../proxy/identity/identity-key.ts";

/** RFC 8032, 7.1: tests 1, 2, 3 and SHA(abc). */
const ed25519Vectors = [
  {
    secret: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    message: "",
    signature:
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  },
  {
    secret: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    message: "72",
    signature:
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  },
  {
    secret: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    key: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    message: "af82",
    signature:
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  },
  {
    secret: "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
    key: "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
    message:
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    signature:
      "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
  },
];

const hex = (text: string): Buffer => Buffer.from(text, "hex");
const deviceJwk = (key: string): DeviceJwk => ({ kty: "OKP", crv: "Ed25519", x: hex(key).toString("base64url") });

/** PKCS 8 around the 32 bytes of an Ed25519 key (RFC 8410, 7). */
const privateKey = (secret: string) =>
  createPrivateKey({ key: Buffer.concat([hex("302e020100300506032b657004220420"), hex(secret)]), format: "der", type: "pkcs8" });

describe("Ed25519", () => {
  it("signs and verifies as RFC 8032 says", () => {
    for (const { secret, key, message, signature } of ed25519Vectors) {
      expect(sign(null, hex(message), privateKey(secret)).toString("hex")).toBe(signature);
      expect(verifySignature(deviceJwk(key), hex(message), hex(signature))).toBe(true);
    }
  });

  it("accepts no signature of other bytes, of another key, or with S beyond the group's order", () => {
    const [first, second] = ed25519Vectors;
    expect(verifySignature(deviceJwk(first!.key), hex("00"), hex(first!.signature))).toBe(false);
    expect(verifySignature(deviceJwk(second!.key), hex(first!.message), hex(first!.signature))).toBe(false);
    expect(verifySignature(deviceJwk(first!.key), hex(first!.message), Buffer.alloc(0))).toBe(false);
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const scalar = BigInt(`0x${hex(first!.signature).subarray(32).reverse().toString("hex")}`);
    const malleable = hex((scalar + order).toString(16).padStart(64, "0")).reverse();
    expect(
      verifySignature(deviceJwk(first!.key), hex(first!.message), Buffer.concat([hex(first!.signature).subarray(0, 32), malleable])),
    ).toBe(false);
  });
});

describe("The id of a key", () => {
  it("is the thumbprint of RFC 8037, appendix A.3", () => {
    expect(keyIdOf({ kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" })).toBe(
      "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
    );
  });

  it("is the one that others compute, for both kinds of key", async () => {
    for (const { publicKey } of [generateKeyPairSync("ed25519"), generateKeyPairSync("ec", { namedCurve: "P-256" })]) {
      const jwk = readPublicJwk(publicKey.export({ format: "jwk" }));
      expect(keyIdOf(jwk!)).toBe(await calculateJwkThumbprint({ ...jwk! }));
    }
  });
});

describe("A public key that somebody else wrote", () => {
  const { jwk } = new IdentityKey().clientInstance;

  it("is read without what else stands beside it", () => {
    expect(readPublicJwk({ ...jwk, kid: "a", d: "secret", __proto__: null })).toEqual(jwk);
    expect(readPublicJwk({ ...deviceJwk(ed25519Vectors[0]!.key), use: "sig" })).toEqual(deviceJwk(ed25519Vectors[0]!.key));
    expect(rawKeyOf(deviceJwk(ed25519Vectors[0]!.key)).toString("hex")).toBe(ed25519Vectors[0]!.key);
  });

  it("is refused where it is of another kind, no point, or written in a second way", () => {
    const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" });
    const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey.export({ format: "jwk" });
    const x25519 = generateKeyPairSync("x25519").publicKey.export({ format: "jwk" });
    for (const other of [null, "key", [], {}, rsa, p384, x25519, { ...jwk, y: jwk.x }, { ...jwk, x: `${jwk.x}=` }, { ...jwk, y: 1 }])
      expect(readPublicJwk(other)).toBeNull();
    // 43 characters are 258 bits: the last two are not part of the number.
    const x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    expect(readPublicJwk({ kty: "OKP", crv: "Ed25519", x: `${x.slice(0, -1)}p` })).toBeNull();
  });
});
