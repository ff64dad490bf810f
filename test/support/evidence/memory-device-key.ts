import { generateKeyPairSync, sign } from "node:crypto";
import type { KeptKey } from "../../../proxy/evidence/signing/device-key.ts";
import { type DeviceJwk, keyIdOf, readPublicJwk } from "../../../proxy/evidence/signing/public-key.ts";
import type { Signer } from "../../../proxy/evidence/signing/signer.ts";

/** A device key that is in no store, whatever it says of that. */
export interface MemoryDeviceKey extends Signer {
  readonly algorithm: "Ed25519";
  readonly publicKey: DeviceJwk;
  readonly kept: KeptKey;
}

export function memoryDeviceKey(kept: KeptKey = "run"): MemoryDeviceKey {
  const { publicKey: key, privateKey } = generateKeyPairSync("ed25519");
  const publicKey = readPublicJwk(key.export({ format: "jwk" })) as DeviceJwk;
  return { algorithm: "Ed25519", keyId: keyIdOf(publicKey), publicKey, kept, sign: (bytes) => sign(null, bytes, privateKey) };
}
