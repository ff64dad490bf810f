/**
 * Plays the page and the person of a desktop host that runs over the fake of Electron: asks for a port, calls the core
 * through it, closes the window; prints what happened as one line of JSON.
 */
import type { FakeChannelEnd } from "./fake-electron.ts";
import { app, type BrowserWindow, dialog, ipcMain, protocol } from "./fake-electron.ts";

const seen: Record<string, unknown> = {};

app.on("fake-exit", (code: number) => {
  process.stdout.write(`${JSON.stringify({ ...seen, userData: app.paths.get("userData"), errors: dialog.errors, code })}\n`);
  process.exit(code);
});

app.on("fake-loaded", (window: BrowserWindow) => {
  use(window).catch((cause: unknown) => {
    seen.failure = String(cause);
    app.exit(70);
  });
});

app.becomeReady();

async function use(window: BrowserWindow): Promise<void> {
  seen.preferences = window.options.webPreferences;
  const page = await protocol.handlers.get("stenograph")?.(new Request("stenograph://workstation/"));
  seen.page = { status: page?.status, isHtml: (await page?.text())?.includes("<!doctype html>") };
  seen.portForOthers = askForPort({ url: "https://evil.example/", parent: null }) !== null;
  const port = askForPort({ url: "stenograph://workstation/", parent: null });
  if (port !== null) seen.info = await call(port, "app.info");
  if (port !== null) seen.status = await call(port, "status.get");
  window.close();
}

function askForPort(frame: { url: string; parent: null }): FakeChannelEnd | null {
  let handed: FakeChannelEnd | null = null;
  const postMessage = (_channel: string, _message: unknown, [port]: FakeChannelEnd[]) => {
    handed = port ?? null;
  };
  ipcMain.emit("stenograph-connect", { senderFrame: { ...frame, postMessage } });
  return handed;
}

function call(port: FakeChannelEnd, name: string): Promise<unknown> {
  return new Promise((resolve) => {
    port.once("message", ({ data }: { data: unknown }) => resolve(data));
    port.start();
    port.postMessage({ kind: "call", id: 1, name, input: {} });
  });
}
