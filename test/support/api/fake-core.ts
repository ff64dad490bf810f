import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConnectionListeners } from "../../../proxy/api/connections/connection-listeners.ts";
import { ConnectionStore } from "../../../proxy/api/connections/connection-store.ts";
import type { Core } from "../../../proxy/api/core.ts";
import { MemorySecretStore } from "../../../proxy/identity/memory-secret-store.ts";
import type { SecretStore } from "../../../proxy/identity/secret-store.ts";
import { FakeLibrary } from "./fake-library.ts";
import { FakeListeners } from "./fake-listeners.ts";

export type FakeCore = Core & { readonly library: FakeLibrary; readonly listeners: FakeListeners };

/** Real handlers and a real connection store over a fake library and fake listeners. */
export async function fakeCore(
  dataDirectory = mkdtempSync(join(tmpdir(), "stenograph-core-")),
  secrets: SecretStore = new MemorySecretStore(),
): Promise<FakeCore> {
  const { store } = await ConnectionStore.open(dataDirectory, secrets);
  const listeners = new FakeListeners();
  return {
    info: {
      version: "0.0.0",
      host: "browser",
      dataDirectory,
      actor: { kind: "os-user", name: "ada", authenticated: false },
      demo: false,
    },
    library: new FakeLibrary(),
    listeners,
    connections: store,
    connectionListeners: new ConnectionListeners(store, listeners),
    clientCaFile: () => null,
  };
}
