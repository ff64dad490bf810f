import { afterEach, describe, expect, it, vi } from "vitest";
import * as fake from "../../support/electron/fake-electron.ts";

vi.mock("electron", () => import("../../support/electron/fake-electron.ts"));

const posted: unknown[][] = [];

afterEach(() => vi.unstubAllGlobals());

describe("the preload", () => {
  it("gives the page one function, and hands it the port that the main process sends", async () => {
    vi.stubGlobal("window", { postMessage: (...args: unknown[]) => posted.push(args) });
    await import("../../../electron/preload.ts");
    expect([...fake.contextBridge.exposed.keys()]).toEqual(["stenographHost"]);
    const host = fake.contextBridge.exposed.get("stenographHost") as Record<string, () => unknown>;
    expect(Object.keys(host)).toEqual(["connect"]);
    expect(host.connect?.()).toBeUndefined();
    expect(fake.ipcRenderer.sent).toEqual(["stenograph-connect"]);
    const port = {};
    fake.ipcRenderer.emit("stenograph-port", { ports: [port] });
    expect(posted).toEqual([[{ kind: "stenograph-port" }, "*", [port]]]);
  });
});
