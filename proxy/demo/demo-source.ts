/** What the demo records: the training database or a schema in a real server, and the connections that lead there. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import type { GivenConnection } from "../api/connections/given-connections.ts";
import type { Connection } from "../model/connection.ts";
import { startTrainingDatabase } from "./training/training-database.ts";
import { trainingSchema } from "./training/training-server.ts";
import type { ClientAddress, ClientTarget } from "./workload/ledger-client.ts";
import { createUpstreamSchema, dropUpstreamSchema, type UpstreamAccount, upstreamSchema } from "./workload/upstream-schema.ts";

export interface DemoSource {
  /** For the workstation, which listens and records: one for whoever is signed in, one for scripts of the OS user. */
  readonly connections: readonly GivenConnection[];
  /** The proxy's side of the connection where clients are who they signed in as; its id is `signInConnection`. */
  readonly address: ClientAddress;
  /** The proxy's side of the connection for scripts, and their account there. */
  readonly scripts: ClientTarget;
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

/** The ids are the same in every demo, so that a second demo in the same directory takes the first one's place. */
export const signInConnection = "demo";
const scriptConnection = "demo-scripts";
const scriptUser = "demo";

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
  const made = await connectionsTo({ name: "Training database", upstream, password, schema: trainingSchema });
  const notice =
    `The demo records a training database with invented rows; no server is needed. Try it yourself while it runs:\n` +
    `  mysql -h 127.0.0.1 -P ${made.scripts.port} -u ${scriptUser} -p${password} ${trainingSchema}`;
  return { ...made, notices: [notice], close: () => database.close() };
}

async function openUpstream(account: UpstreamAccount, seed: number): Promise<DemoSource> {
  await createUpstreamSchema(account, seed);
  const at = `${account.host}:${account.port}`;
  const made = await connectionsTo({ name: `Demo at ${at}`, upstream: account, password: makePassword(), schema: upstreamSchema });
  const notice = `The demo made the schema ${upstreamSchema} at ${at} and works in it alone; it drops it at the end.`;
  return { ...made, notices: [notice], close: () => dropUpstreamSchema(account) };
}

interface Wanted {
  readonly name: string;
  readonly upstream: UpstreamAccount;
  /** For scripts. */
  readonly password: string;
  readonly schema: string;
}

async function connectionsTo({ name, upstream, password, schema }: Wanted): Promise<Omit<DemoSource, "notices" | "close">> {
  const main = await connectionTo(upstream, { id: signInConnection, name, identity: "sign-in", clientUser: null });
  const scripts = await connectionTo(upstream, {
    id: scriptConnection,
    name: `${name} (scripts)`,
    identity: "os-user",
    clientUser: scriptUser,
  });
  const secrets = { upstreamPassword: upstream.password };
  return {
    connections: [
      { connection: main, secrets },
      { connection: scripts, secrets: { ...secrets, clientPassword: password } },
    ],
    address: { ...main.listen, schema },
    scripts: { ...scripts.listen, schema, user: scriptUser, password, actor: { kind: "os-user" } },
  };
}

type Own = Pick<Connection, "id" | "name" | "identity" | "clientUser">;

async function connectionTo({ host, port, user }: UpstreamAccount, own: Own): Promise<Connection> {
  return {
    ...own,
    listen: { host: "127.0.0.1", port: await freePort() },
    upstream: { host, port },
    auth: "mapped",
    upstreamUser: user,
    upstreamTls: "preferred",
    upstreamCa: null,
    upstreamCompression: "off",
    proxyProtocol: "off",
    clientTls: "optional",
    durability: "os",
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
