import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemCipher, systemKeyring } from "../../../electron/secrets.ts";
import * as fake from "../../support/electron/fake-electron.ts";

vi.mock("electron", () => import("../../support/electron/fake-electron.ts"));

const platform = Object.getOwnPropertyDescriptor(process, "platform");

beforeEach(() => {
  fake.safeStorage.available = true;
  fake.safeStorage.backend = "gnome_libsecret";
  on("linux");
});

afterEach(() => {
  if (platform !== undefined) Object.defineProperty(process, "platform", platform);
});

const on = (value: NodeJS.Platform) => Object.defineProperty(process, "platform", { value, configurable: true });

describe("the operating system's key", () => {
  it("seals and opens", async () => {
    const cipher = systemCipher();
    const sealed = await cipher?.seal("canary");
    expect(sealed).not.toContain("canary");
    expect(await cipher?.open(sealed ?? "")).toBe("canary");
  });

  it.each(["basic_text", "unknown"])("is none on Linux when the backend is “%s”", (backend) => {
    fake.safeStorage.backend = backend;
    expect(systemCipher()).toBeNull();
  });

  it("is asked for no backend where there is only one", () => {
    on("darwin");
    fake.safeStorage.backend = "unknown";
    expect(systemCipher()).not.toBeNull();
  });

  it("is none where encryption is not available", () => {
    fake.safeStorage.available = false;
    expect(systemCipher()).toBeNull();
  });
});

describe("the operating system's keychain", () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  it("is asked by a process of Electron's, beside the main process, that can be ended", () => {
    vi.stubEnv("STENOGRAPH_KEYCHAIN", undefined);
    const child = { stdout: null, kill: vi.fn(() => true) };
    const fork = vi.spyOn(fake.utilityProcess, "fork").mockReturnValue(child as never);
    systemKeyring()?.(["read", "id"])?.kill();
    expect(fork).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/keyring-process\.js$/), ["read", "id"], expect.anything());
    expect(child.kill).toHaveBeenCalledOnce();
  });

  it("is not asked where the person switched it off", () => {
    vi.stubEnv("STENOGRAPH_KEYCHAIN", "off");
    expect(systemKeyring()).toBeNull();
  });
});
