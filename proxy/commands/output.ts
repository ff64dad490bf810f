/** How commands write their lines, and refuse a data directory that is not there. */
import { once } from "node:events";
import fs from "node:fs";
import { printable } from "../model/printable.ts";

let closed = false;
process.stdout.on("error", () => {
  closed = true;
  process.exit(process.exitCode ?? 0);
});

/**
 * Writes one line to standard output, with nothing in it that a terminal obeys, and waits where its reader is slow. Ends
 * the program where nobody reads any more.
 */
export async function writeLine(line: string): Promise<void> {
  await write(`${printable(line)}\n`);
}

/** The same for a piece of a line. */
export async function writeText(text: string): Promise<void> {
  await write(printable(text));
}

async function write(text: string): Promise<void> {
  if (!closed && !process.stdout.write(text)) await once(process.stdout, "drain");
}

/** `1 row`, `2 rows`. */
export function counted(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? "" : "s"}`;
}

/** Says something to a person, on standard error, with nothing in it that a terminal obeys. */
export function say(sentence: string): void {
  process.stderr.write(`${sentence.split("\n").map(printable).join("\n")}\n`);
}

/** Says on standard error what went wrong, and makes the exit code say so too. */
export function complain(sentence: string): void {
  say(sentence);
  process.exitCode = 1;
}

/** Whether the data directory is there; where not, says so with `advice`, which is a sentence, and sets the exit code. */
export function existingDataDirectory(dataDirectory: string, advice = "Give the one that was recorded into with --data."): boolean {
  const found = fs.statSync(dataDirectory, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!found) complain(`There is no data directory ${dataDirectory}. ${advice}`);
  return found;
}
