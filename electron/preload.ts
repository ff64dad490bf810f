import { contextBridge, ipcRenderer } from "electron";
import { connectRequest, portMessage } from "./host-channel.ts";

/**
 * All that the page can reach: `window.stenographHost.connect()` asks for a port to the core, which then arrives as
 * a message `{ kind: "stenograph-port" }` with the port. A port cannot cross the bridge as a return value.
 */
contextBridge.exposeInMainWorld("stenographHost", { connect: () => ipcRenderer.send(connectRequest) });

ipcRenderer.on(portMessage, (event) => {
  window.postMessage({ kind: portMessage }, "*", [...event.ports]);
});
