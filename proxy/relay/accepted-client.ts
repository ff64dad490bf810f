/** One accepted client: who it is to the recording of its session. */
import type net from "node:net";
import os from "node:os";
import type { Actor } from "../model/actor.ts";
import { type Endpoint, endpointText, socketPathOf } from "../model/endpoint.ts";
import { program } from "../model/program.ts";
import { serverVersion } from "../model/server-version.ts";
import type { ClientProcess, SessionOpen } from "../model/session.ts";
import type { UnixMicros } from "../model/value.ts";
import type { ConnectionPhaseFacts } from "./connection-phase-facts.ts";

/** What is known of a client as soon as it was accepted. */
export interface AcceptedClient {
  readonly session: string;
  readonly client: string;
  readonly at: UnixMicros;
}

/** The same with what was found out while it was signing in. */
export interface KnownClient extends AcceptedClient {
  readonly process: ClientProcess | null;
}

/** Whose recorder it is, and of which connection. */
export interface Recorded {
  readonly recorder: string;
  /** Name of the connection. */
  readonly connection: string;
  /** The actor where the client is nobody whom it proved to be. */
  readonly actor: Actor;
}

/** The open frame of its session, or of what became none (`signedIn`). */
export function openFrame(known: KnownClient, recorded: Recorded, facts: ConnectionPhaseFacts, signedIn: boolean): SessionOpen {
  const version = facts.upstreamVersion === null ? null : serverVersion(facts.upstreamVersion);
  return {
    session: known.session,
    recorder: recorded.recorder,
    connection: recorded.connection,
    upstream: { address: facts.upstreamAddress, version, threadId: facts.threadId },
    tls: facts.tls,
    capabilities: facts.capabilities,
    mariaDbCapabilities: facts.mariaDbCapabilities,
    compression: facts.compression,
    characterSet: facts.characterSet,
    authPlugin: facts.authPlugin,
    account: facts.account,
    schema: facts.schema,
    client: known.client,
    actor: facts.identity?.actor ?? recorded.actor,
    ...(facts.identity && { credential: facts.identity.credential }),
    ...(known.process && { process: known.process }),
    claimed: facts.claimed,
    program,
    host: os.hostname(),
    acceptedAt: known.at,
    signedIn,
  };
}

/** Where a client is; the clients of a Unix socket are told apart by nothing. */
export function clientAddress(listen: Endpoint, { remoteAddress, remotePort }: net.Socket): string {
  const file = socketPathOf(listen);
  if (file !== null) return `unix:${file}`;
  if (remoteAddress === undefined) return "unknown";
  return endpointText({ host: remoteAddress.replace(/^::ffff:(?=\d+\.)/, ""), port: remotePort ?? 0 });
}
