import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConnectionListeners } from "../../../proxy/api/connections/connection-listeners.ts";
import { ConnectionStore } from "../../../proxy/api/connections/connection-store.ts";
import type { Core } from "../../../proxy/api/core.ts";
import { MachineStore } from "../../../proxy/api/identity/machine-store.ts";
import type { AccessEvent } from "../../../proxy/identity/access-log.ts";
import { ClientCredentials } from "../../../proxy/identity/client-credentials.ts";
import type { IdentitySettings } from "../../../proxy/identity/identity-settings.ts";
import { MemorySecretStore } from "../../../proxy/identity/memory-secret-store.ts";
import type { SecretStore } from "../../../proxy/identity/secret-store.ts";
import { SessionEnds } from "../../../proxy/identity/session-ends.ts";
import { identityPath, loadIdentitySettings, saveIdentitySettings } from "../../../proxy/identity-file.ts";
import { openMachines } from "../../../proxy/machines-file.ts";
import type { EvidenceState } from "../../../proxy/model/status.ts";
import { SharedFile } from "../../../proxy/shared-file.ts";
import { FakeLibrary } from "./fake-library.ts";
import { FakeListeners } from "./fake-listeners.ts";

export type FakeCore = Core & {
  readonly library: FakeLibrary;
  readonly listeners: FakeListeners;
  /** What the access log was told. */
  readonly logged: AccessEvent[];
};

const evidenceAtWork: EvidenceState = {
  key: { keyId: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", kept: "disk" },
  deviceLog: { state: "writing" },
  witness: { state: "off" },
};

/** Real handlers and a real connection store over a fake library and fake listeners. */
export async function fakeCore(
  dataDirectory = mkdtempSync(join(tmpdir(), "stenograph-core-")),
  secrets: SecretStore = new MemorySecretStore(),
): Promise<FakeCore> {
  const { store } = await ConnectionStore.open(dataDirectory, secrets);
  const listeners = new FakeListeners();
  const logged: AccessEvent[] = [];
  const settings = await SharedFile.open<IdentitySettings>({
    dataDirectory,
    path: identityPath(dataDirectory),
    read: () => loadIdentitySettings(dataDirectory),
    write: (value) => saveIdentitySettings(dataDirectory, value),
  });
  const sessions = new SessionEnds({ endSessions: () => undefined }, () => settings.value.endOpenSessions);
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
    identity: {
      settings,
      signIns: { list: () => [], end: () => Promise.resolve() },
      credentials: new ClientCredentials({ changed: () => undefined, sessions }),
      machines: new MachineStore(await openMachines(dataDirectory)),
      log: { record: (event) => logged.push(event) },
    },
    evidence: { state: () => evidenceAtWork, onChange: () => () => undefined },
    logged,
    clientCaFile: () => null,
  };
}
