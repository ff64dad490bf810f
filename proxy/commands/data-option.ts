import { resolve } from "node:path";
import { InvalidArgumentError, Option } from "commander";

/** The option `--data`, which every command has; `holds` says what is in the directory. Its value is an absolute path. */
export function dataOption(holds: string): Option {
  return new Option("--data <directory>", `directory of ${holds}`).argParser(parseDirectory);
}

function parseDirectory(text: string): string {
  if (text === "") throw new InvalidArgumentError("It must name a directory.");
  return resolve(text);
}
