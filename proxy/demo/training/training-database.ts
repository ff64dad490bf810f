/** Starts and stops the training database in its own thread. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { FailureError } from "../../model/failure.ts";
import type { Account } from "./sign-in.ts";

/** What the thread says: once where it listens, and that it has closed. */
export type FromTrainingThread = { readonly kind: "listening"; readonly port: number } | { readonly kind: "closed" };

export interface TrainingDatabase {
  readonly host: string;
  readonly port: number;
  readonly account: Account;
  /** Ends its connections, removes its files and waits until its thread is gone. */
  close(): Promise<void>;
}

export interface StartOptions extends Account {
  /** The thread's program: `training-thread.ts`. */
  readonly thread: URL;
  /** Decides the shop's rows; the same seed gives the same rows. */
  readonly seed: number;
}

/** Starts it on a free port of 127.0.0.1. Fails with code `training-database` where the thread ends before it listens. */
export async function startTrainingDatabase({ thread, user, password, seed }: StartOptions): Promise<TrainingDatabase> {
  const account = { user, password };
  const worker = new Worker(thread, { workerData: { account, seed } });
  const port = await listeningPort(worker);
  return {
    host: "127.0.0.1",
    port,
    account,
    close: async () => {
      const gone = once(worker, "exit");
      worker.postMessage("close");
      await gone;
    },
  };
}

function listeningPort(worker: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (why: string) => reject(new FailureError("training-database", `The training database could not be started: ${why}.`));
    worker.once("error", (error) => failed(error instanceof Error ? error.message : String(error)));
    worker.once("exit", (code) => failed(`its thread ended with code ${code}`));
    worker.on("message", (said: FromTrainingThread) => {
      if (said.kind === "listening") resolve(said.port);
    });
  });
}
