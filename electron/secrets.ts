import { safeStorage } from "electron";
import type { SecretCipher } from "../proxy/compose.ts";

/**
 * Encryption with a key that the operating system keeps (Keychain, DPAPI, libsecret, KWallet); `null` where there is none.
 * `basic_text` is none: Chromium's stand-in on Linux encrypts with a password that everybody knows.
 */
export function systemCipher(): SecretCipher | null {
  if (!safeStorage.isEncryptionAvailable()) return null;
  if (process.platform === "linux" && !realBackends.has(safeStorage.getSelectedStorageBackend())) return null;
  return {
    name: "system",
    seal: (plain) => Promise.resolve(safeStorage.encryptString(plain).toString("base64")),
    open: async (sealed) => safeStorage.decryptString(Buffer.from(sealed, "base64")),
  };
}

const realBackends: ReadonlySet<string> = new Set(["gnome_libsecret", "kwallet", "kwallet5", "kwallet6"]);
