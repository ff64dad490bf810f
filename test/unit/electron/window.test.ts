import { beforeEach, describe, expect, it, vi } from "vitest";
import { focusWindow, openWindow } from "../../../electron/window.ts";
import * as fake from "../../support/electron/fake-electron.ts";

vi.mock("electron", () => import("../../support/electron/fake-electron.ts"));

let open = 0;
let window: fake.BrowserWindow;

beforeEach(async () => {
  for (const other of fake.BrowserWindow.getAllWindows()) {
    open = 0;
    other.close();
  }
  fake.dialog.shown.length = 0;
  window = (await openWindow(() => open)) as unknown as fake.BrowserWindow;
});

describe("the window", () => {
  it("loads our page with the preload, and is shown when it is ready", () => {
    expect(window.webContents.url).toBe("stenograph://workstation/");
    expect(window.options.webPreferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false });
    expect(window.options.webPreferences.preload).toMatch(/preload\.cjs$/);
    expect(window.options.show).toBe(false);
    expect(window.shown).toBe(true);
  });

  it("closes without a question when no session is open", () => {
    window.close();
    expect(fake.dialog.shown).toEqual([]);
    expect(fake.BrowserWindow.getAllWindows()).toEqual([]);
  });

  it("asks when sessions are open, and stays when told to", async () => {
    open = 2;
    fake.dialog.response = 0;
    window.close();
    expect(fake.dialog.shown).toMatchObject([{ message: "2 sessions are open. Close anyway?" }]);
    await Promise.resolve();
    expect(fake.BrowserWindow.getAllWindows()).toEqual([window]);
    window.close();
    expect(fake.dialog.shown).toHaveLength(2);
  });

  it("closes when the person agrees", async () => {
    open = 1;
    fake.dialog.response = 1;
    window.close();
    await vi.waitFor(() => expect(fake.BrowserWindow.getAllWindows()).toEqual([]));
    expect(fake.dialog.shown).toMatchObject([{ message: "One session is open. Close anyway?" }]);
  });

  it("comes to the front when the program is started again", () => {
    focusWindow();
    expect(window.focused).toBe(true);
  });
});
