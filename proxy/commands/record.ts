import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { certificateProblem } from "../api/connections/connection-rules.ts";
import { askedToEnd } from "../asked-to-end.ts";
import { composeRecorder, makeDirectory, type RunningRecorder } from "../compose.ts";
import type {
  AuthMode,
  ClientTls,
  Connection,
  ConnectionSecrets,
  Durability,
  IdentityMode,
  ProxyProtocol,
  UpstreamCompression,
  UpstreamTls,
} from "../model/connection.ts";
import { type Endpoint, endpointText } from "../model/endpoint.ts";
import { FailureError, failureOf } from "../model/failure.ts";
import type { ListenerState } from "../model/status.ts";
import { recordingsDirectory } from "../recording/recording-files.ts";
import { typescriptWorkers } from "../serve-browsers.ts";
import { parseAddress, parseUpstream } from "./address-options.ts";
import { openCommandSecrets } from "./command-identity.ts";
import { dataOption } from "./data-option.ts";
import { say } from "./output.ts";
import { type LeftCredential, leaveCredential, type RecordIdentity, signInToRecord } from "./record-identity.ts";

interface RecordOptions {
  readonly data: string;
  readonly listen: Endpoint;
  readonly upstream: string;
  readonly auth: AuthMode;
  readonly upstreamPasswordEnv?: string;
  readonly upstreamPassword2Env?: string;
  readonly upstreamPassword3Env?: string;
  readonly clientUser?: string;
  readonly clientPasswordEnv?: string;
  readonly upstreamTls: UpstreamTls;
  readonly upstreamCa?: string;
  readonly upstreamCompression: UpstreamCompression;
  readonly proxyProtocol: ProxyProtocol;
  readonly clientTls: ClientTls;
  readonly durability: Durability;
  readonly identity: IdentityMode;
}

type Listening = Extract<ListenerState, { state: "listening" }>;

const help = `
The first line on standard output tells the address: {"event":"listening","address":…,"port":…}
It goes on until Ctrl+C (SIGINT), SIGTERM or SIGHUP; then sessions are closed and their recordings sealed.

With --identity sign-in it goes on with what “login” kept; where that is nothing, it shows an address and a code to sign in with.
Clients then present the credential in the file that the first line names (--defaults-extra-file of MySQL's programs), a machine's
secret, or a token of the identity provider.

Examples:
  stenograph record --data ~/stenograph --listen 127.0.0.1:3307 --upstream mysql://db.example:3306
  APP_PW=… CLIENT_PW=… stenograph record --data ~/stenograph --listen 127.0.0.1:3307 --auth mapped \\
    --upstream mysql://app@db.example:3306 --upstream-password-env APP_PW --client-user ada --client-password-env CLIENT_PW`;

/** `record`: one connection, recorded until the process is asked to end, without a user interface. */
export function register(program: Command): void {
  program
    .command("record")
    .description("listen for MySQL clients, forward them to one upstream and record everything")
    .addOption(dataOption("the recordings and the library").makeOptionMandatory())
    .requiredOption("--listen <address>", "where clients connect: HOST:PORT (port 0 picks one) or unix:/PATH", parseAddress)
    .requiredOption("--upstream <url>", "mysql://[USER@]HOST:PORT or mysql://[USER@]localhost/?socket=/PATH")
    .addOption(
      new Option(
        "--auth <mode>",
        "passthrough: clients sign in with their own account; mapped: with --client-user, and never see the upstream's",
      )
        .choices(["passthrough", "mapped"])
        .default("passthrough"),
    )
    .option("--upstream-password-env <name>", "environment variable with the upstream account's password (mapped)")
    .option("--upstream-password2-env <name>", "the same for its second factor, where it has one")
    .option("--upstream-password3-env <name>", "the same for its third factor")
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
    .addOption(
      new Option("--durability <level>", "os: killing it loses nothing, power loss at most 200 ms; strict: answers wait for the disk")
        .choices(["os", "strict"])
        .default("os"),
    )
    .addOption(
      new Option("--identity <source>", "who is recorded: the OS user, not authenticated; or who signed in (mapped)")
        .choices(["os-user", "sign-in"])
        .default("os-user"),
    )
    .addHelpText("after", help)
    .action((options: RecordOptions) => record(options));
}

async function record(options: RecordOptions): Promise<void> {
  try {
    const { connection, secrets } = connectionOf(options);
    for (const name of unusedOptions(options)) say(`${name} has no effect with ${why(options)}.`);
    const signedIn = connection.identity === "sign-in" ? await signInToRecord(options.data) : null;
    const identity = signedIn?.identity ?? null;
    const recorder = await startRecorder(options.data, signedIn).catch((thrown: unknown) => {
      identity?.close();
      throw thrown;
    });
    let credential: LeftCredential | null = null;
    try {
      const asked = askedToEnd();
      const state = await recorder.relay.start(connection, secrets);
      if (state.state !== "listening")
        throw new FailureError("cannot-listen", state.state === "failed" ? state.message : "The listener was stopped.");
      const { address, port } = state;
      if (signedIn !== null) credential = await leaveCredential(signedIn, options.data, connection.id, { host: address, port });
      const told = { event: "listening", address, port, ...(credential !== null && { credential: credential.file }) };
      process.stdout.write(`${JSON.stringify(told)}\n`);
      if (process.stderr.isTTY) say(welcome(connection, state, options, credential));
      let reported = "recording";
      recorder.relay.onChange(() => {
        const now = recorder.relay.recordingState();
        if (now.state !== reported) say(now.state === "recording" ? "Recording works again." : now.message);
        reported = now.state;
      });
      await asked;
    } finally {
      await recorder.close();
      identity?.close();
      await credential?.remove();
    }
  } catch (thrown) {
    say(failureOf(thrown).message);
    process.exitCode = thrown instanceof FailureError && thrown.code === "usage" ? 2 : 1;
  }
}

/** With the device key where secrets are kept, as the workstation has it. */
async function startRecorder(dataDirectory: string, signedIn: RecordIdentity | null): Promise<RunningRecorder> {
  await makeDirectory(dataDirectory);
  const secrets = signedIn?.secrets ?? (await openCommandSecrets(dataDirectory));
  return composeRecorder({ dataDirectory, workers: typescriptWorkers, identity: signedIn?.identity ?? null, secrets });
}

/** What a person at a terminal needs to know: where to connect, what is recorded where, and how to stop. */
function welcome(
  { auth, clientUser, name }: Connection,
  { address, port }: Listening,
  { data, clientPasswordEnv }: RecordOptions,
  credential: LeftCredential | null,
): string {
  const mapped =
    credential === null ? `as “${clientUser}” with the password in ${clientPasswordEnv}` : `with the credential in ${credential.file}`;
  const account = auth === "passthrough" ? "with their own accounts" : mapped;
  return (
    `Clients connect to ${endpointText({ host: address, port })} instead of ${name}, ${account}.\n` +
    `Every statement and its results are recorded under ${recordingsDirectory(data)}. Press Ctrl+C to end.`
  );
}

/** Options of the other mode, which say something that will not happen. */
function unusedOptions(options: RecordOptions): readonly string[] {
  const { auth, identity } = options;
  if (auth === "mapped" && identity === "os-user") return [];
  const ofUpstream = {
    "--upstream-password-env": options.upstreamPasswordEnv,
    "--upstream-password2-env": options.upstreamPassword2Env,
    "--upstream-password3-env": options.upstreamPassword3Env,
  };
  const ofClients = { "--client-user": options.clientUser, "--client-password-env": options.clientPasswordEnv };
  const given = auth === "mapped" ? ofClients : { ...ofUpstream, ...ofClients };
  return Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
}

function why({ auth }: RecordOptions): string {
  if (auth === "mapped") return "--identity sign-in, where clients present a credential that is made for who signed in";
  return "--auth passthrough, where clients sign in with their own account";
}

function connectionOf(options: RecordOptions): { connection: Connection; secrets: ConnectionSecrets } {
  const { auth, identity } = options;
  const upstream = parseUpstream(options.upstream);
  if (identity === "sign-in" && (auth !== "mapped" || upstream.user === null)) {
    const message = "With --identity sign-in, give --auth mapped and the stored account as mysql://USER@HOST:PORT.";
    throw new FailureError("usage", message);
  }
  const ownClients = auth === "mapped" && identity === "os-user";
  if (ownClients && (upstream.user === null || options.clientUser === undefined || options.clientPasswordEnv === undefined)) {
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
    identity,
    upstreamUser: auth === "mapped" ? upstream.user : null,
    clientUser: ownClients ? (options.clientUser ?? null) : null,
    upstreamTls: options.upstreamTls,
    upstreamCa: options.upstreamCa === undefined ? null : readCa(options.upstreamCa),
    upstreamCompression: options.upstreamCompression,
    proxyProtocol: options.proxyProtocol,
    clientTls: options.clientTls,
    durability: options.durability,
  };
  const problem = certificateProblem(connection);
  if (problem !== null) throw new FailureError("usage", `--upstream-ca ${options.upstreamCa}: ${problem}`);
  if (ownClients && options.clientPasswordEnv !== undefined && secretFrom(options.clientPasswordEnv) === "") {
    const message = `The environment variable ${options.clientPasswordEnv} is empty: without a password for clients nobody could sign in.`;
    throw new FailureError("usage", message);
  }
  const secrets = {
    upstreamPassword: secretFrom(options.upstreamPasswordEnv),
    upstreamPassword2: secretFrom(options.upstreamPassword2Env),
    upstreamPassword3: secretFrom(options.upstreamPassword3Env),
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
