import { type Command, InvalidArgumentError, Option } from "commander";
import { failureOf } from "../model/failure.ts";
import { serveBrowsers } from "../serve-browsers.ts";
import { dataOption } from "./data-option.ts";

interface ServeOptions {
  readonly data: string;
  readonly port: number;
  readonly open: boolean;
}

const help = `
It listens on 127.0.0.1 only. From another machine, take a tunnel to the same port: ssh -L 8306:127.0.0.1:8306 HOST
Passwords of connections are kept, encrypted with a key in the system's keychain where one answers (STENOGRAPH_KEYCHAIN=off:
none is asked), else with the passphrase in STENOGRAPH_PASSPHRASE; without either they are kept until it ends.

Example:
  stenograph serve --data ~/stenograph --port 8306 --no-open`;

/** `serve`: the workstation in a browser, for machines without a display and where Electron's binary cannot be had. */
export function register(program: Command): void {
  program
    .command("serve")
    .description("serve the workstation to browsers on this machine")
    .addOption(dataOption("the recordings, the library and the settings").makeOptionMandatory())
    .addOption(new Option("--port <number>", "port on 127.0.0.1; 0 picks one").argParser(parsePort).default(0))
    .option("--no-open", "do not open a browser")
    .addHelpText("after", help)
    .action((options: ServeOptions) => serve(options));
}

async function serve(options: ServeOptions): Promise<void> {
  try {
    await serveBrowsers({ dataDirectory: options.data, port: options.port, openBrowser: options.open, demo: false });
  } catch (cause) {
    process.stderr.write(`${failureOf(cause).message}\n`);
    process.exitCode = 1;
  }
}

/** A TCP port, as commander's argument parser. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) throw new InvalidArgumentError("It must be a number from 0 to 65535.");
  return port;
}
