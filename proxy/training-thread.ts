/** The training database's own thread, so that its work never holds up the proxy's. */
import { parentPort, workerData } from "node:worker_threads";
import type { FromTrainingThread } from "./demo/training/training-database.ts";
import { TrainingServer, type TrainingServerOptions } from "./demo/training/training-server.ts";

const port = parentPort;
if (port === null) throw new Error("The training database's thread was started as a program of its own.");

const say = (message: FromTrainingThread): void => port.postMessage(message);
const server = new TrainingServer(workerData as TrainingServerOptions);

say({ kind: "listening", port: await server.listen() });
port.once("message", () => {
  void server.close().then(() => {
    say({ kind: "closed" });
    port.close();
  });
});
