import { fileURLToPath } from "node:url";
import { BrowserWindow, dialog } from "electron";
import { pageAddress } from "./page-protocol.ts";
import { pagePreferences } from "./security.ts";

/** Opens the workstation's window. `openSessions` is asked when it is to close: sessions would end with it. */
export async function openWindow(openSessions: () => number): Promise<BrowserWindow> {
  const window = new BrowserWindow({
    title: "Stenograph",
    width: 1440,
    height: 900,
    minWidth: 800,
    minHeight: 500,
    show: false,
    webPreferences: { ...pagePreferences, preload: fileURLToPath(new URL("../preload/preload.cjs", import.meta.url)) },
  });
  window.once("ready-to-show", () => window.show());
  askBeforeClosing(window, openSessions);
  await window.loadURL(pageAddress);
  return window;
}

/** Brings an open window to the front, e.g. when the program is started a second time. */
export function focusWindow(): void {
  const [window] = BrowserWindow.getAllWindows();
  if (window === undefined) return;
  if (window.isMinimized()) window.restore();
  window.focus();
}

function askBeforeClosing(window: BrowserWindow, openSessions: () => number): void {
  let agreed = false;
  window.on("close", (event) => {
    const open = openSessions();
    if (agreed || open === 0) return;
    event.preventDefault();
    void dialog.showMessageBox(window, closingQuestion(open)).then(({ response }) => {
      agreed = response === 1;
      if (agreed) window.close();
    });
  });
}

function closingQuestion(open: number): Electron.MessageBoxOptions {
  return {
    type: "question",
    message: open === 1 ? "One session is open. Close anyway?" : `${open} sessions are open. Close anyway?`,
    detail: "Closing ends them: their clients lose the connection to the database. What was recorded stays.",
    buttons: ["Keep open", "Close and end sessions"],
    defaultId: 0,
    cancelId: 0,
  };
}
