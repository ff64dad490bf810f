import { generateKeyPairSync, sign } from "node:crypto";
import { type DeviceJwk, keyIdOf, readPublicJwk } from "../../../proxy/evidence/signing/public-key.ts";
import type { Signer } from "../../../proxy/evidence/signing/signer.ts";

/** A device key that is in no store. */
export interface MemoryDeviceKey extends Signer {
  readonly algorithm: "Ed25519";
  readonly publicKey: DeviceJwk;
  readonly kept: "run";
}

export function memoryDeviceKey(): MemoryDeviceKey {
  const { publicKey: key, privateKey } = generateKeyPairSync("ed25519");
  const publicKey = readPublicJwk(key.export({ format: "jwk" })) as DeviceJwk;
  return { algorithm: "Ed25519", keyId: keyIdOf(publicKey), publicKey, kept: "run", sign: (bytes) => sign(null, bytes, privateKey) };
}
