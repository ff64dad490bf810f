/** The library's thread, which crashes when the main thread says so. */
import "../../../proxy/library-thread.ts";
import { BroadcastChannel } from "node:worker_threads";
import { crashChannel } from "./crash-channel.ts";

const channel = new BroadcastChannel(crashChannel);
channel.unref();
channel.onmessage = () => {
  throw new Error("crashed on purpose");
};
