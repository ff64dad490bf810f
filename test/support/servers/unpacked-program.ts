import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The command line that runs a program of an unpacked server under the C library that was unpacked with it, so that an older
 * system is no obstacle.
 */
export function unpackedProgram(root: string, name: string): [program: string, ...args: string[]] {
  const program = ["sbin", "bin"].map((part) => join(root, "usr", part, name)).find((path) => existsSync(path));
  if (program === undefined) throw new Error(`${name} is not in ${root}: npm test unpacks it there.`);
  const libraries = join(root, "usr", "lib", "x86_64-linux-gnu");
  return [join(root, "usr", "lib64", "ld-linux-x86-64.so.2"), "--argv0", program, "--library-path", libraries, program];
}

/** A folder of the user's cache. */
export function cacheFolder(name: string): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "stenograph", name);
}
