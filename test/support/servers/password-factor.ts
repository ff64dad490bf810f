import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("password-factor.c", import.meta.url));

/** Compiles the tests' server plugin for a further factor into a MySQL server's folder of plugins, as `password_factor.so`. */
export function buildPasswordFactor(pluginDirectory: string): void {
  const target = join(pluginDirectory, "password_factor.so");
  const compiled = spawnSync("cc", ["-shared", "-fPIC", "-Wall", "-Wextra", "-o", target, source], { encoding: "utf8", timeout: 60_000 });
  if (compiled.status !== 0) throw new Error(`cc failed: ${compiled.error?.message ?? compiled.stderr}`);
}
