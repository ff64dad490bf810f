import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { join } from "node:path";
import { writePrivateFile } from "../../identity/private-file.ts";
import { FailureError, failureOf } from "../../model/failure.ts";
import { type DeviceJwk, keyIdOf, readPublicJwk } from "./public-key.ts";
import type { Signer } from "./signer.ts";

/** How long the private half lives: on the disk, encrypted; or in memory until the program ends. */
export type KeptKey = "disk" | "run";

/** Where secrets are kept, by name. */
export interface KeyStore {
  readonly keeping: KeptKey;
  read(name: string): string | null;
  /** Takes over what another process has changed. */
  refresh(): Promise<void>;
  /** Sets secrets (text) and removes them (`null`). */
  write(changes: ReadonlyMap<string, string | null>): Promise<void>;
}

export interface DeviceKeyOptions {
  readonly dataDirectory: string;
  readonly store: KeyStore;
  /** Runs a change of the store while no other process makes one. */
  locked<T>(change: () => Promise<T>): Promise<T>;
}

/** What is known of the device key without a secret: the file `evidence/device.json`. */
export interface DevicePublicKey {
  readonly format: "stenograph-device";
  readonly version: 1;
  readonly keyId: string;
  readonly algorithm: "Ed25519";
  readonly publicKey: DeviceJwk;
  readonly kept: KeptKey;
}

const secretName = "device-key";

/** Where the public half is written, for people and for commands that sign nothing. */
export function devicePublicKeyPath(dataDirectory: string): string {
  return join(dataDirectory, "evidence", "device.json");
}

/** The key of this workstation: Ed25519, the same at each start where secrets are kept on the disk. */
export class DeviceKey implements Signer {
  readonly algorithm = "Ed25519";
  readonly kept: KeptKey;
  readonly keyId: string;
  readonly publicKey: DeviceJwk;
  /** Why it is kept for this run only although secrets are kept on the disk; `null` where it is not so. */
  readonly problem: string | null;
  readonly #private: KeyObject;

  private constructor(key: KeyObject, kept: KeptKey, problem: string | null) {
    this.#private = key;
    this.kept = kept;
    this.problem = problem;
    this.publicKey = publicHalf(key);
    this.keyId = keyIdOf(this.publicKey);
  }

  /**
   * The key that is kept, or a new one; a key that cannot be kept on the disk now, e.g. because it is full, lives for this run.
   * Rejects with a `FailureError` where the secrets cannot be read, or hold something else under its name.
   */
  static async open({ dataDirectory, store, locked }: DeviceKeyOptions): Promise<DeviceKey> {
    const known = store.read(secretName);
    const key = known === null ? await DeviceKey.#make(store, locked) : new DeviceKey(keyOf(known), store.keeping, null);
    await writePublicHalf(dataDirectory, key);
    return key;
  }

  sign(bytes: Uint8Array): Buffer {
    return sign(null, bytes, this.#private);
  }

  static async #make(store: KeyStore, locked: DeviceKeyOptions["locked"]): Promise<DeviceKey> {
    const fresh = generateKeyPairSync("ed25519").privateKey;
    try {
      return await locked(async () => {
        // Another process may have made one meanwhile: a workstation has one.
        await store.refresh();
        const theirs = store.read(secretName);
        if (theirs !== null) return new DeviceKey(keyOf(theirs), store.keeping, null);
        await store.write(new Map([[secretName, textOf(fresh)]]));
        return new DeviceKey(fresh, store.keeping, null);
      });
    } catch (cause) {
      if (cause instanceof FailureError && cause.code === "device-key-unusable") throw cause;
      const problem = `The device key is kept for this run only, because it could not be stored: ${failureOf(cause).message}`;
      return new DeviceKey(fresh, "run", problem);
    }
  }
}

/** It is a convenience for people; what counts is the key in the device log. */
async function writePublicHalf(dataDirectory: string, { keyId, algorithm, publicKey, kept }: DeviceKey): Promise<void> {
  const file: DevicePublicKey = { format: "stenograph-device", version: 1, keyId, algorithm, publicKey, kept };
  await writePrivateFile(devicePublicKeyPath(dataDirectory), `${JSON.stringify(file, null, 2)}\n`).catch(() => undefined);
}

function textOf(key: KeyObject): string {
  return key.export({ format: "der", type: "pkcs8" }).toString("base64");
}

function keyOf(text: string): KeyObject {
  try {
    const key = createPrivateKey({ key: Buffer.from(text, "base64"), format: "der", type: "pkcs8" });
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // What is wrong with it is not for a message: it is a secret.
  }
  const message = `What is kept as “${secretName}” among the stored passwords is no Ed25519 key. Remove it to have a new device key made.`;
  throw new FailureError("device-key-unusable", message);
}

function publicHalf(key: KeyObject): DeviceJwk {
  const jwk = readPublicJwk(createPublicKey(key).export({ format: "jwk" }));
  if (jwk?.kty !== "OKP") throw new TypeError("the device key is not an Ed25519 key");
  return jwk;
}
