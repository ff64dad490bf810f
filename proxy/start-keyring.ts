import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { StartKeyring } from "./identity/keyring.ts";

const program = fileURLToPath(new URL("./keyring-process.ts", import.meta.url));

/** Asks the system's keychain where Node runs TypeScript itself; `null` where `STENOGRAPH_KEYCHAIN` is `off`. */
export function nodeKeyring(environment: Readonly<Record<string, string | undefined>> = process.env): StartKeyring | null {
  if (environment.STENOGRAPH_KEYCHAIN === "off") return null;
  // What the keychain's own libraries read stays (D-Bus, display, language); what is ours, or changes Node, goes.
  const env = Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(STENOGRAPH_|NODE_)/.test(name)));
  return (args) => {
    const child = spawn(process.execPath, [program, ...args], { env, stdio: ["ignore", "pipe", "ignore"], windowsHide: true });
    // Where it cannot be started its output ends without an answer.
    child.on("error", () => undefined);
    return { stdout: child.stdout, kill: () => child.kill("SIGKILL") };
  };
}
