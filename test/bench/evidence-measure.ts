/** Seals all recordings of a data directory, or verifies a bundle, and says on standard output what that took. */
import fs from "node:fs";
import { RecordingSealing } from "../../proxy/evidence/seal/recording-sealing.ts";
import { verifyBundle } from "../../proxy/evidence/verify/verify-bundle.ts";
import { listRecordings } from "../../proxy/recording/recording-files.ts";
import type { Measured } from "./evidence-bench.ts";

/** As the library's thread does, which lets others have their turn behind each. */
const sliceMs = 40;

/** Comes to the point where only the signature is missing: of what is sealed already all is read too. */
function seal({ session, path }: { session: string; path: string }): void {
  const sign = () => Promise.resolve([]);
  const sealing = new RecordingSealing({ session, path, saltKey: Buffer.alloc(32, 1), sign, wake: () => undefined });
  for (let reading = true; reading; ) {
    const until = performance.now() + sliceMs;
    reading = sealing.step(() => performance.now() >= until).kind === "reading";
  }
  sealing.close();
}

async function verify(bundle: string): Promise<string> {
  const fd = fs.openSync(bundle, "r");
  try {
    const verdict = await verifyBundle(fd);
    return verdict.verdict === "INVALID" ? `INVALID (${verdict.message})` : verdict.verdict;
  } finally {
    fs.closeSync(fd);
  }
}

const [what, of = ""] = process.argv.slice(2);
const before = process.cpuUsage();
const startedAt = performance.now();
let verdict: string | undefined;
if (what === "verify") verdict = await verify(of);
else for (const recording of listRecordings(of)) seal(recording);
const { user, system } = process.cpuUsage(before);
const measured: Measured = {
  seconds: (performance.now() - startedAt) / 1000,
  processorSeconds: (user + system) / 1e6,
  mebibytes: process.resourceUsage().maxRSS / 1024,
  ...(verdict !== undefined && { verdict }),
};
process.stdout.write(JSON.stringify(measured));
