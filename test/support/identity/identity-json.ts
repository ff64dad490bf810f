import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { IdentitySettings } from "../../../proxy/identity/identity-settings.ts";

/** Sets identity up in a data directory, as the workstation keeps it. */
export function writeIdentityJson(dataDirectory: string, settings: IdentitySettings): void {
  mkdirSync(dataDirectory, { recursive: true });
  const file = { format: "stenograph-identity", version: 1, settings };
  writeFileSync(join(dataDirectory, "identity.json"), JSON.stringify(file), { mode: 0o600 });
}
