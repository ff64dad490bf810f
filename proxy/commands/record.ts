import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import { composeRecorder } from "../compose.ts";
import type {
  AuthMode,
  ClientTls,
  Connection,
  ConnectionSecrets,
  Durability,
  ProxyProtocol,
  UpstreamCompression,
  UpstreamTls,
} from "../model/connection.ts";
import { type Endpoint, endpointText } from "../model/endpoint.ts";
import { FailureError, failureOf } from "../model/failure.ts";
import { typescriptWorkers } from "../serve-browsers.ts";

interface RecordOptions {
  readonly data: string;
  readonly listen: Endpoint;
  readonly upstream: string;
  readonly auth: AuthMode;
  readonly upstreamPasswordEnv?: string;
  readonly clientUser?: string;
  readonly clientPasswordEnv?: string;
  readonly upstreamTls: UpstreamTls;
  readonly upstreamCa?: string;
  readonly upstreamCompression: UpstreamCompression;
  readonly proxyProtocol: ProxyProtocol;
  readonly clientTls: ClientTls;
  readonly durability: Durability;
}

/** `record`: one connection, recorded until the process is asked to end, without a user interface. */
export function register(program: Command): void {
  program
    .command("record")
    .description("listen for MySQL clients, forward them to one upstream and record everything")
    .requiredOption("--data <directory>", "directory of the recordings and the library")
    .requiredOption("--listen <address>", "where clients connect: HOST:PORT (port 0 picks one) or unix:/PATH", parseAddress)
    .requiredOption("--upstream <url>", "mysql://[USER@]HOST:PORT or mysql://[USER@]localhost/?socket=/PATH")
    .addOption(new Option("--auth <mode>", "who signs in upstream").choices(["passthrough", "mapped"]).default("passthrough"))
    .option("--upstream-password-env <name>", "environment variable with the upstream account's password (mapped)")
    .option("--client-user <name>", "user name that clients present to the proxy (mapped)")
    .option("--client-password-env <name>", "environment variable with the password that clients present (mapped)")
    .addOption(
      new Option("--upstream-tls <mode>", "TLS towards the upstream")
        .choices(["off", "preferred", "required", "verify-ca", "verify-identity"])
        .default("preferred"),
    )
    .option("--upstream-ca <file>", "PEM file with the certificate authority to trust for the upstream")
    .addOption(
      new Option("--upstream-compression <algorithm>", "compression towards the upstream, where it offers it")
        .choices(["off", "zlib", "zstd"])
        .default("off"),
    )
    .addOption(
      new Option("--proxy-protocol <version>", "tell the upstream each client's address, where it expects the PROXY protocol")
        .choices(["off", "v1", "v2"])
        .default("off"),
    )
    .addOption(new Option("--client-tls <mode>", "TLS towards clients").choices(["off", "optional", "required"]).default("optional"))
    .addOption(new Option("--durability <level>", "strict: answers wait for the disk").choices(["os", "strict"]).default("os"))
    .addOption(new Option("--identity <source>", "who is recorded as the actor").choices(["os-user"]).default("os-user"))
    .action((options: RecordOptions) => record(options));
}

async function record(options: RecordOptions): Promise<void> {
  try {
    const { connection, secrets } = connectionOf(options);
    const recorder = await composeRecorder({ dataDirectory: options.data, workers: typescriptWorkers });
    try {
      const asked = askedToEnd();
      const state = await recorder.relay.start(connection, secrets);
      if (state.state !== "listening")
        throw new FailureError("cannot-listen", state.state === "failed" ? state.message : "The listener was stopped.");
      process.stdout.write(`${JSON.stringify({ event: "listening", address: state.address, port: state.port })}\n`);
      let reported = "recording";
      recorder.relay.onChange(() => {
        const now = recorder.relay.recordingState();
        if (now.state !== reported) process.stderr.write(`${now.state === "recording" ? "Recording works again." : now.message}\n`);
        reported = now.state;
      });
      await asked;
    } finally {
      await recorder.close();
    }
  } catch (thrown) {
    process.stderr.write(`${failureOf(thrown).message}\n`);
    process.exitCode = thrown instanceof FailureError && thrown.code === "usage" ? 2 : 1;
  }
}

/** Resolves at the first SIGINT or SIGTERM. */
function askedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}

function connectionOf(options: RecordOptions): { connection: Connection; secrets: ConnectionSecrets } {
  const { auth } = options;
  const upstream = parseUpstream(options.upstream);
  if (auth === "mapped" && (upstream.user === null || options.clientUser === undefined || options.clientPasswordEnv === undefined)) {
    throw new FailureError(
      "usage",
      "With --auth mapped, give the stored account as mysql://USER@HOST:PORT, and --client-user and --client-password-env for what clients present.",
    );
  }
  const connection: Connection = {
    id: "record",
    name: endpointText(upstream),
    listen: options.listen,
    upstream: { host: upstream.host, port: upstream.port },
    auth,
    upstreamUser: auth === "mapped" ? upstream.user : null,
    clientUser: auth === "mapped" ? (options.clientUser ?? null) : null,
    upstreamTls: options.upstreamTls,
    upstreamCa: options.upstreamCa === undefined ? null : readCa(options.upstreamCa),
    upstreamCompression: options.upstreamCompression,
    proxyProtocol: options.proxyProtocol,
    clientTls: options.clientTls,
    durability: options.durability,
  };
  if (auth === "mapped" && options.clientPasswordEnv !== undefined && secretFrom(options.clientPasswordEnv) === "") {
    const message = `The environment variable ${options.clientPasswordEnv} is empty: without a password for clients nobody could sign in.`;
    throw new FailureError("usage", message);
  }
  const secrets = {
    upstreamPassword: secretFrom(options.upstreamPasswordEnv),
    clientPassword: secretFrom(options.clientPasswordEnv),
  };
  return { connection, secrets };
}

function secretFrom(name: string | undefined): string | null {
  if (name === undefined) return null;
  const secret = process.env[name];
  if (secret === undefined) throw new FailureError("usage", `The environment variable ${name} is not set; it should hold a password.`);
  return secret;
}

function readCa(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new FailureError("usage", `The file of the certificate authority cannot be read: ${failureOf(cause).message}.`, { cause });
  }
}

function parseAddress(text: string): Endpoint {
  if (text.startsWith("unix:/")) return { host: text.slice("unix:".length), port: 0 };
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65535)
    throw new InvalidArgumentError("It must be HOST:PORT, e.g. 127.0.0.1:3307 or [::1]:3307, or unix:/PATH.");
  return { host: match[1] ?? match[2] ?? "", port };
}

const upstreamForms = "mysql://[USER@]HOST:PORT or mysql://[USER@]localhost/?socket=/PATH";

/** Not an argument parser: commander repeats what it refuses, and there may be a password in it. */
function parseUpstream(text: string): Endpoint & { user: string | null } {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.protocol !== "mysql:" || url.hostname === "")
    throw new FailureError("usage", `--upstream must be ${upstreamForms}.`);
  if (url.password !== "")
    throw new FailureError("usage", `A password must not stand on the command line: use --upstream-password-env, and ${upstreamForms}.`);
  const user = url.username === "" ? null : decodeURIComponent(url.username);
  const socket = url.searchParams.get("socket");
  if (socket === null) return { host: url.hostname.replace(/^\[|\]$/g, ""), port: url.port === "" ? 3306 : Number(url.port), user };
  if (!socket.startsWith("/") || url.hostname !== "localhost" || url.port !== "")
    throw new FailureError("usage", "--upstream with a socket must be mysql://[USER@]localhost/?socket=/PATH, an absolute path.");
  return { host: socket, port: 0, user };
}
