/** The desktop host: composes the core in Electron's main process and shows it in one window. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { app, BrowserWindow, dialog, ipcMain, MessageChannelMain, shell } from "electron";
import { startGivenConnections, takeGivenConnections } from "../proxy/api/connections/given-connections.ts";
import { MessagePortChannel } from "../proxy/api/message-port.ts";
import { StaticFiles } from "../proxy/api/static-files.ts";
import { composeWorkstation, defaultDataDirectory, type Workstation } from "../proxy/compose.ts";
import { FailureError, failureOf } from "../proxy/model/failure.ts";
import { connectRequest, portMessage } from "./host-channel.ts";
import { installMenu } from "./menu.ts";
import { registerPageScheme, servePage } from "./page-protocol.ts";
import { systemCipher, systemKeyring } from "./secrets.ts";
import { isOurPage, lockDown } from "./security.ts";
import { focusWindow, openWindow } from "./window.ts";

const { values: options } = parseArgs({
  args: process.argv.slice(app.isPackaged ? 1 : 2),
  options: { data: { type: "string" } },
  strict: false,
});
const dataDirectory = typeof options.data === "string" ? options.data : defaultDataDirectory();

app.setName("Stenograph");
// Chromium's own files, and with them the single-instance lock, belong to the data directory.
app.setPath("userData", join(dataDirectory, "desktop"));
registerPageScheme();

if (app.requestSingleInstanceLock()) {
  app.on("second-instance", focusWindow);
  app.on("window-all-closed", () => app.quit());
  app.whenReady().then(start).catch(giveUp);
} else {
  app.quit();
}

async function start(): Promise<void> {
  lockDown();
  installMenu();
  const files = await StaticFiles.open(fileURLToPath(new URL("../renderer", import.meta.url)));
  if (files === null) throw new FailureError("not-built", "The user interface has not been built. Run npm run build, then start again.");
  servePage(files);
  const given = takeGivenConnections();
  const workstation = await composeWorkstation({
    dataDirectory,
    host: "desktop",
    workers: { relay: new URL("./relay-thread.js", import.meta.url), library: new URL("./library-thread.js", import.meta.url) },
    demo: given !== null,
    keyring: given === null ? systemKeyring() : null,
    cipher: systemCipher(),
    openPage: (url) => shell.openExternal(url),
  });
  if (given !== null) await startGivenConnections(workstation.handlers.calls, given);
  handOutPorts(workstation);
  closeInOrder(workstation);
  const window = await openWindow(() => workstation.openSessions());
  for (const notice of workstation.notices) await dialog.showMessageBox(window, { type: "warning", message: notice });
}

/** Each page that asks gets a port of its own; a page that is reloaded asks again, and its old port closes. */
function handOutPorts(workstation: Workstation): void {
  ipcMain.on(connectRequest, (event) => {
    if (!isOurPage(event.senderFrame)) return;
    const { port1, port2 } = new MessageChannelMain();
    workstation.connect(new MessagePortChannel(port1), "desktop");
    event.senderFrame.postMessage(portMessage, null, [port2]);
  });
}

/** The last step of quitting: sessions are closed and recordings ended before the process is. */
function closeInOrder(workstation: Workstation): void {
  app.once("will-quit", (event) => {
    event.preventDefault();
    workstation.close().then(
      () => app.exit(0),
      (cause: unknown) => giveUp(cause),
    );
  });
}

function giveUp(cause: unknown): void {
  const { message } = failureOf(cause);
  process.stderr.write(`${message}\n`);
  if (BrowserWindow.getAllWindows().length === 0) dialog.showErrorBox("Stenograph cannot start", message);
  app.exit(1);
}
