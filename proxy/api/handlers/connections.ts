import { randomUUID } from "node:crypto";
import type { StoredConnection } from "../../config.ts";
import { connectionSecretNames } from "../../model/connection.ts";
import type { Caller } from "../caller.ts";
import type { ConnectionListeners } from "../connections/connection-listeners.ts";
import { passwordNeededAgain, problemOf } from "../connections/connection-rules.ts";
import { testSignIn } from "../connections/sign-in-test.ts";
import { snippetsOf } from "../connections/snippets.ts";
import type { ConnectionListed, ConnectionSecretsInput } from "../contract.ts";
import type { Core } from "../core.ts";
import type { CallHandlers } from "../handler.ts";

type ConnectionCalls = Extract<keyof CallHandlers, `connections.${string}`>;

/** The connections: settings come and go, secrets only come. */
export function connectionHandlers(core: Core, caller: Caller): Pick<CallHandlers, ConnectionCalls> {
  const { connections: store, connectionListeners: listeners } = core;
  return {
    "connections.list": async () => {
      await store.refresh();
      return { connections: store.list().map((stored) => listed(stored, listeners)) };
    },
    "connections.save": async ({ connection, secrets }) => {
      const { before, stored } = await store.save({ ...connection, id: connection.id || randomUUID() }, secrets);
      await listeners.changed(before, changesSecret(secrets));
      return listed(stored, listeners);
    },
    "connections.remove": async ({ id }) => {
      await listeners.stop(id);
      await store.remove(id);
      return {};
    },
    "connections.test": async ({ connection, secrets }) => {
      await store.refresh();
      const stored = store.secretsOf(connection.id, secrets);
      const problem = problemOf({ ...connection, id: connection.id || "new" }, stored);
      const message = problem ?? passwordNeededAgain(store.find(connection.id), connection, secrets);
      if (message !== null) return { ok: false, message, upstreamVersion: null, tls: null };
      return testSignIn(connection, stored);
    },
    "connections.start": ({ id }) => listeners.start(id),
    "connections.stop": ({ id }) => listeners.stop(id),
    "connections.snippets": async ({ id }) => ({ snippets: snippets(core, id, caller) }),
  };
}

function listed(stored: StoredConnection, listeners: ConnectionListeners): ConnectionListed {
  return {
    ...stored.connection,
    hasUpstreamPassword: stored.secrets.includes("upstreamPassword"),
    hasUpstreamPassword2: stored.secrets.includes("upstreamPassword2"),
    hasUpstreamPassword3: stored.secrets.includes("upstreamPassword3"),
    hasClientPassword: stored.secrets.includes("clientPassword"),
    listener: listeners.stateOf(stored.connection.id),
  };
}

function changesSecret(secrets: ConnectionSecretsInput): boolean {
  return connectionSecretNames.some((name) => secrets[name] !== undefined);
}

function snippets(core: Core, id: string, caller: Caller) {
  const { connection } = core.connections.get(id);
  const state = core.connectionListeners.stateOf(id);
  const port = state.state === "listening" ? state.port : connection.listen.port;
  const signIn = caller.signIn();
  const own = signIn === null ? [] : core.identity.credentials.list(signIn.id).filter((credential) => credential.connection === id);
  return [...snippetsOf(connection, port, core.clientCaFile(), own.at(-1)?.user ?? null)];
}
