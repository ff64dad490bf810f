/** A proxy of the Connection phase alone, for tests: what follows is pumped between the sockets as it is. */
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connection, ConnectionSecrets } from "../../proxy/model/connection.ts";
import { ownGate } from "../../proxy/relay/client-gate.ts";
import { type ClientIdentity, loadClientIdentity } from "../../proxy/relay/client-identity.ts";
import { type ConnectionPhaseEnd, type ConnectionPhaseLimits, runConnectionPhase } from "../../proxy/relay/connection-phase.ts";
import { SignInPace } from "../../proxy/relay/sign-in-pace.ts";

export interface PhaseProxy {
  readonly port: number;
  /** The end of each Connection phase, in order. */
  readonly ends: readonly ConnectionPhaseEnd[];
  /** The end of the session after those in `ends`. */
  nextEnd(): Promise<ConnectionPhaseEnd>;
  stop(): Promise<void>;
}

const patientLimits: ConnectionPhaseLimits = { handshakeMs: 10_000, dialMs: 10_000 };

/** Listens on a free port for clients of `connection`. */
export async function startPhaseProxy(
  connection: Connection,
  identity: ClientIdentity,
  secrets: ConnectionSecrets = { upstreamPassword: null, clientPassword: null },
  limits = patientLimits,
): Promise<PhaseProxy> {
  const ends: ConnectionPhaseEnd[] = [];
  const waiting: ((end: ConnectionPhaseEnd) => void)[] = [];
  const open = new Set<Socket>();
  const gate = ownGate(connection, secrets);
  const pace = new SignInPace();
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, async (accepted) => {
    open.add(accepted);
    const end = await runConnectionPhase(accepted, { connection, secrets, clientIdentity: identity, limits, gate, pace });
    ends.push(end);
    if (end.kind === "signed-in") open.add(end.upstream);
    goOn(end);
    waiting.shift()?.(end);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    ends,
    nextEnd: () => new Promise((resolve) => waiting.push(resolve)),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

function goOn(end: ConnectionPhaseEnd): void {
  if (end.kind === "silent") return;
  end.client.on("error", () => undefined);
  if (end.kind === "refused") {
    if (end.answer !== null) end.client.write(end.answer);
    end.client.destroySoon();
    return;
  }
  end.upstream.on("error", () => end.client.destroy());
  end.client.write(end.okPacket);
  end.client.pipe(end.upstream).pipe(end.client);
}

/** An identity for clients in a folder of its own, which `remove` removes. */
export async function newClientIdentity(): Promise<{ readonly identity: ClientIdentity; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), "stenograph-identity-"));
  const identity = await loadClientIdentity(join(directory, "tls"));
  return { identity, remove: () => rm(directory, { recursive: true, force: true }) };
}
