import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withSettingsLock } from "../../../proxy/settings-lock.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "stenograph-lock-"));
});

afterEach(() => rmSync(directory, { recursive: true }));

describe("withSettingsLock", () => {
  it("makes changes one after the other", async () => {
    let changing = 0;
    const change = async (): Promise<number> => {
      changing += 1;
      await new Promise((resolve) => setImmediate(resolve));
      const together = changing;
      changing -= 1;
      return together;
    };
    const together = await Promise.all(Array.from({ length: 20 }, () => withSettingsLock(directory, change)));
    expect(new Set(together)).toEqual(new Set([1]));
  });

  it("gives the lock back where the change fails", async () => {
    await expect(withSettingsLock(directory, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await withSettingsLock(directory, () => Promise.resolve("done"), 0)).toBe("done");
  });

  it("says in a sentence who is in the way where the lock cannot be had in time, and changes nothing", async () => {
    const held = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const first = withSettingsLock(directory, () => {
      begun.resolve();
      return held.promise;
    });
    await begun.promise;
    let changed = false;
    const second = withSettingsLock(
      directory,
      () => {
        changed = true;
        return Promise.resolve();
      },
      50,
    );
    await expect(second).rejects.toMatchObject({
      code: "settings-busy",
      message: expect.stringMatching(/^Another Stenograph process has been changing the settings in .* Nothing was changed\./),
    });
    expect(changed).toBe(false);
    held.resolve();
    await first;
  });

  it("keeps its file private", async () => {
    await withSettingsLock(directory, () => Promise.resolve());
    expect(statSync(join(directory, "settings.lock")).mode & 0o777).toBe(0o600);
  });

  it("says in a sentence that its file is no lock", async () => {
    writeFileSync(join(directory, "settings.lock"), "this was never a database".repeat(100));
    await expect(withSettingsLock(directory, () => Promise.resolve())).rejects.toMatchObject({
      code: "settings-unwritable",
      message: expect.stringMatching(/settings\.lock cannot be locked: .*Nothing was changed\.$/),
    });
  });
});
