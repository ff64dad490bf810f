/** What the demo records: the training database or a schema in a real server, and the connections that lead there. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import type { GivenConnection } from "../api/connections/given-connections.ts";
import { startTrainingDatabase } from "./training/training-database.ts";
import { trainingSchema } from "./training/training-server.ts";
import type { ClientTarget } from "./workload/ledger-client.ts";
import { createUpstreamSchema, dropUpstreamSchema, type UpstreamAccount, upstreamSchema } from "./workload/upstream-schema.ts";
import type { WorkloadTargets } from "./workload/workload.ts";

export interface DemoSource {
  /** For the workstation, which listens and records. */
  readonly connections: readonly GivenConnection[];
  /** For the workload's clients: the proxy's side of the connections. */
  readonly targets: WorkloadTargets;
  /** What a person should know about it, in sentences. */
  readonly notices: readonly string[];
  /** Stops the training database, or drops the schema. The clients have signed off before. */
  close(): Promise<void>;
}

export interface DemoSourceOptions {
  /** `null` for the training database. */
  readonly upstream: UpstreamAccount | null;
  /** Decides the rows. */
  readonly seed: number;
  /** Program of the training database's thread. */
  readonly trainingThread: URL;
}

const clientUser = "demo";

/** Makes the source ready. Rejects with a `FailureError` where the server refuses or the training database fails. */
export async function openDemoSource({ upstream, seed, trainingThread }: DemoSourceOptions): Promise<DemoSource> {
  return upstream === null ? openTraining(seed, trainingThread) : openUpstream(upstream, seed);
}

async function openTraining(seed: number, thread: URL): Promise<DemoSource> {
  const account = { user: "training", password: makePassword() };
  const database = await startTrainingDatabase({ thread, seed, ...account });
  const upstream = { ...account, host: database.host, port: database.port };
  // Invented rows on the loopback address alone: a password that can be told invites people to look for themselves.
  const password = "demo";
  const { connections, targets, port } = await connectionsTo({ name: "Training database", upstream, password, schema: trainingSchema });
  const notice =
    `The demo records a training database with invented rows; no server is needed. Try it yourself while it runs:\n` +
    `  mysql -h 127.0.0.1 -P ${port} -u ${clientUser} -p${password} ${trainingSchema}`;
  return { connections, targets, notices: [notice], close: () => database.close() };
}

async function openUpstream(account: UpstreamAccount, seed: number): Promise<DemoSource> {
  await createUpstreamSchema(account, seed);
  const at = `${account.host}:${account.port}`;
  const name = `Demo at ${at}`;
  const { connections, targets } = await connectionsTo({ name, upstream: account, password: makePassword(), schema: upstreamSchema });
  const notice = `The demo made the schema ${upstreamSchema} at ${at} and works in it alone; it drops it at the end.`;
  return { connections, targets, notices: [notice], close: () => dropUpstreamSchema(account) };
}

interface Wanted {
  readonly name: string;
  readonly upstream: UpstreamAccount;
  /** For clients. */
  readonly password: string;
  readonly schema: string;
}

/**
 * Two connections to the same upstream: one for the people and machines, one for scripts that run as the user of the
 * operating system. Their ids are the same in every demo, so that a second demo in the same directory takes the first one's place.
 */
async function connectionsTo(wanted: Wanted): Promise<Pick<DemoSource, "connections" | "targets"> & { readonly port: number }> {
  const main = await connectionTo("demo", wanted);
  const scripts = await connectionTo("demo-scripts", { ...wanted, name: `${wanted.name} (scripts)` });
  const targetAt = ({ connection: { listen } }: GivenConnection): ClientTarget => ({
    ...listen,
    user: clientUser,
    password: wanted.password,
    schema: wanted.schema,
    actor: { kind: "os-user" },
  });
  const [target, scriptTarget] = [targetAt(main), targetAt(scripts)];
  return {
    connections: [main, scripts],
    targets: { application: () => target, administrator: () => target, agent: () => target, report: () => scriptTarget },
    port: target.port,
  };
}

async function connectionTo(id: string, { name, upstream, password }: Wanted): Promise<GivenConnection> {
  return {
    connection: {
      id,
      name,
      listen: { host: "127.0.0.1", port: await freePort() },
      upstream: { host: upstream.host, port: upstream.port },
      auth: "mapped",
      identity: "os-user",
      upstreamUser: upstream.user,
      clientUser,
      upstreamTls: "preferred",
      upstreamCa: null,
      upstreamCompression: "off",
      proxyProtocol: "off",
      clientTls: "optional",
      durability: "os",
    },
    secrets: { upstreamPassword: upstream.password, clientPassword: password },
  };
}

function makePassword(): string {
  return randomBytes(18).toString("base64url");
}

/** A port that is free now. It is chosen here because the clients must know it, in whichever process the proxy runs. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
