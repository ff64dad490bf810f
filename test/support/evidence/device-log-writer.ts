/**
 * A process of its own that writes to a device log: `NAME COUNT DIRECTORY`. It prints the index of each entry as soon as it is in
 * the log, a line each; where COUNT is 0 it goes on until it is killed.
 */
import { memoryDeviceKey } from "./memory-device-key.ts";
import { runDeviceLog } from "./running-device-log.ts";

const [name = "", count = "0", directory = ""] = process.argv.slice(2);
const log = runDeviceLog(directory, memoryDeviceKey());
for (let n = 0; count === "0" || n < Number(count); n += 1) {
  const index = await log.enter({ kind: "recording-failure", message: `${name} ${n}` });
  process.stdout.write(`${index} ${name} ${n}\n`);
}
await log.close();
