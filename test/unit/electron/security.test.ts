import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { isOurPage, lockDown, pagePreferences } from "../../../electron/security.ts";
import * as fake from "../../support/electron/fake-electron.ts";
import { preventable } from "../../support/electron/fake-electron.ts";

vi.mock("electron", () => import("../../support/electron/fake-electron.ts"));

const ours = "stenograph://workstation/";
const foreign = [
  "https://evil.example/",
  "file:///etc/passwd",
  "stenograph://elsewhere/",
  "http://127.0.0.1/",
  "data:text/html,x",
  "javascript:1",
  "",
  "x",
];
let contents: fake.BrowserWindow["webContents"];

beforeAll(() => lockDown());

beforeEach(() => {
  contents = new fake.BrowserWindow({ webPreferences: {}, show: false }).webContents;
});

describe("every page", () => {
  it("is sandboxed and alone in its world, with nothing of Node", () => {
    expect(pagePreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      allowRunningInsecureContent: false,
    });
  });

  it("opens no window, whatever the address", () => {
    for (const url of [ours, ...foreign]) expect(contents.openHandler?.({ url })).toEqual({ action: "deny" });
  });

  it.each(foreign)("does not leave for “%s”", (url) => {
    const event = preventable({ url });
    contents.emit("will-navigate", event);
    expect(event.defaultPrevented).toBe(true);
  });

  it("may load itself again, follows no redirect, and attaches no webview", () => {
    const events = {
      "will-navigate": preventable({ url: ours }),
      "will-redirect": preventable({ url: ours }),
      "will-attach-webview": preventable(),
    };
    for (const [name, event] of Object.entries(events)) contents.emit(name, event);
    expect(Object.values(events).map(({ defaultPrevented }) => defaultPrevented)).toEqual([false, true, true]);
  });

  it.each(["media", "geolocation", "notifications", "fullscreen", "clipboard-read", "openExternal", "hid"])(
    "is not given the permission “%s”",
    (permission) => {
      const answers: boolean[] = [];
      const { permissionRequest, permissionCheck, devicePermission } = fake.session.defaultSession as unknown as Record<
        string,
        (...args: unknown[]) => unknown
      >;
      permissionRequest?.({ getURL: () => ours }, permission, (answer: boolean) => answers.push(answer));
      expect(answers).toEqual([false]);
      expect(permissionCheck?.(null, permission, ours)).toBe(false);
      expect(devicePermission?.({})).toBe(false);
    },
  );

  it("may write the clipboard, which another page may not", () => {
    const { permissionCheck } = fake.session.defaultSession as unknown as Record<string, (...args: unknown[]) => unknown>;
    expect(permissionCheck?.(null, "clipboard-sanitized-write", "stenograph://workstation")).toBe(true);
    expect(permissionCheck?.(null, "clipboard-sanitized-write", "https://evil.example")).toBe(false);
  });

  it.each([
    [`${ours}assets/main.js`, false],
    ["devtools://devtools/bundled/inspector.html", false],
    ["https://evil.example/beacon", true],
    ["http://127.0.0.1:3306/", true],
    ["file:///etc/passwd", true],
    ["ws://evil.example/", true],
  ])("a request for “%s” is cancelled: %s", (url, cancelled) => {
    const answers: boolean[] = [];
    fake.session.defaultSession.beforeRequest?.({ url }, ({ cancel }) => answers.push(cancel));
    expect(answers).toEqual([cancelled]);
  });
});

describe("a message", () => {
  const from = (frame: { url: string; parent: unknown } | null) => isOurPage(frame as Parameters<typeof isOurPage>[0]);

  it("is heard from our page's main frame only", () => {
    expect(from({ url: `${ours}#live`, parent: null })).toBe(true);
    expect(from({ url: ours, parent: {} })).toBe(false);
    expect(from(null)).toBe(false);
    for (const url of foreign) expect(from({ url, parent: null })).toBe(false);
  });
});
