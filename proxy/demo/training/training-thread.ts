/** The training database's own thread, so that its work never holds up the proxy's. */
import { parentPort, workerData } from "node:worker_threads";
import { TrainingServer, type TrainingServerOptions } from "./training-server.ts";

/** What the thread says: once where it listens, and that it has closed. */
export type TrainingThreadSays = { readonly kind: "listening"; readonly port: number } | { readonly kind: "closed" };

const port = parentPort;
if (port === null) throw new Error("The training database's thread was started as a program of its own.");

const say = (message: TrainingThreadSays): void => port.postMessage(message);
const server = new TrainingServer(workerData as TrainingServerOptions);

say({ kind: "listening", port: await server.listen() });
port.once("message", () => {
  void server.close().then(() => {
    say({ kind: "closed" });
    port.close();
  });
});
