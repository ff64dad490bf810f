/** What the demo records: the training database or a schema in a real server, and the connection that leads there. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import type { Connection, ConnectionSecrets } from "../model/connection.ts";
import { startTrainingDatabase } from "./training/training-database.ts";
import { trainingSchema } from "./training/training-server.ts";
import type { ClientTarget } from "./workload/ledger-client.ts";
import { createUpstreamSchema, dropUpstreamSchema, type UpstreamAccount, upstreamSchema } from "./workload/upstream-schema.ts";

export interface DemoSource {
  /** For the workstation, which listens and records. */
  readonly connection: Connection;
  readonly secrets: ConnectionSecrets;
  /** For the workload's clients: the proxy's side of the connection. */
  readonly target: ClientTarget;
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

/** The connection's id in every demo, so that a second demo in the same directory takes the first one's place. */
const connectionId = "demo";
const clientUser = "demo";

/** Makes the source ready. Rejects with a `FailureError` where the server refuses or the training database fails. */
export async function openDemoSource({ upstream, seed, trainingThread }: DemoSourceOptions): Promise<DemoSource> {
  return upstream === null ? openTraining(seed, trainingThread) : openUpstream(upstream, seed);
}

async function openTraining(seed: number, thread: URL): Promise<DemoSource> {
  const account = { user: "training", password: makePassword() };
  const database = await startTrainingDatabase({ thread, seed, ...account });
  // Invented rows on the loopback address alone: a password that can be told invites people to look for themselves.
  const password = "demo";
  const opened = await connectionTo(
    "Training database",
    { ...account, host: database.host, port: database.port },
    password,
    trainingSchema,
  );
  const notice =
    `The demo records a training database with invented rows; no server is needed. Try it yourself while it runs:\n` +
    `  mysql -h 127.0.0.1 -P ${opened.target.port} -u ${clientUser} -p${password} ${trainingSchema}`;
  return { ...opened, notices: [notice], close: () => database.close() };
}

async function openUpstream(account: UpstreamAccount, seed: number): Promise<DemoSource> {
  await createUpstreamSchema(account, seed);
  const at = `${account.host}:${account.port}`;
  const opened = await connectionTo(`Demo at ${at}`, account, makePassword(), upstreamSchema);
  const notice = `The demo made the schema ${upstreamSchema} at ${at} and works in it alone; it drops it at the end.`;
  return { ...opened, notices: [notice], close: () => dropUpstreamSchema(account) };
}

async function connectionTo(
  name: string,
  upstream: UpstreamAccount,
  clientPassword: string,
  schema: string,
): Promise<Pick<DemoSource, "connection" | "secrets" | "target">> {
  const listen = { host: "127.0.0.1", port: await freePort() };
  return {
    connection: {
      id: connectionId,
      name,
      listen,
      upstream: { host: upstream.host, port: upstream.port },
      auth: "mapped",
      upstreamUser: upstream.user,
      clientUser,
      upstreamTls: "preferred",
      upstreamCa: null,
      upstreamCompression: "off",
      proxyProtocol: "off",
      clientTls: "optional",
      durability: "os",
    },
    secrets: { upstreamPassword: upstream.password, clientPassword },
    target: { ...listen, user: clientUser, password: clientPassword, schema },
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
