/** What the operating system offers to keep secrets with. */
import { fileURLToPath } from "node:url";
import { safeStorage, utilityProcess } from "electron";
import type { SecretCipher, StartKeyring } from "../proxy/compose.ts";

/** Asks the system's keychain; `null` where `STENOGRAPH_KEYCHAIN` is `off`. */
export function systemKeyring(): StartKeyring | null {
  if (process.env.STENOGRAPH_KEYCHAIN === "off") return null;
  const program = fileURLToPath(new URL("./keyring-process.js", import.meta.url));
  return (args) => {
    const child = utilityProcess.fork(program, [...args], { stdio: ["ignore", "pipe", "ignore"], serviceName: "Stenograph keychain" });
    return { stdout: child.stdout, kill: () => child.kill() };
  };
}

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
