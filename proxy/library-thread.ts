/** Entry of the library's thread. */
import os from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { openSaltKey } from "./evidence/events/salt-key.ts";
import { sealsWith } from "./evidence/seal/recording-sealing.ts";
import { LibraryWorker } from "./library/library-worker.ts";
import type { FromLibrary, LibraryThreadOptions, ToLibrary } from "./library/messages.ts";

/** On Linux, a priority is of the thread that sets it: the relay goes first when there is not enough for both. */
const lowestPriority = 19;
if (process.platform === "linux") os.setPriority(0, lowestPriority);

if (parentPort === null) throw new Error("The library runs as a worker thread.");
const port = parentPort;
const options = workerData as LibraryThreadOptions;
const send = (message: FromLibrary): void => {
  port.postMessage(message);
  if (message.kind === "closed") port.close();
};
const worker = new LibraryWorker(
  options,
  send,
  sealsWith(() => openSaltKey(options.dataDirectory)),
);
port.on("message", (message: ToLibrary) => worker.receive(message));
