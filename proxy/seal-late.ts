import { openSaltKey } from "./evidence/events/salt-key.ts";
import { sealsWith } from "./evidence/seal/recording-sealing.ts";
import type { SealHooks } from "./library/library-client.ts";
import { failureOf } from "./model/failure.ts";

/** How long the end of the program may be put off by sealing. */
const usualLimitMs = 10_000;

/**
 * Seals what the library's thread did not come to, e.g. because it was being started again when the end came; `files`: recordings
 * that ended, by session. What takes too long is left to the next start. `say` is told what could not be sealed.
 */
export async function sealLate(
  dataDirectory: string,
  files: ReadonlyMap<string, string>,
  { sign, sealed }: SealHooks,
  say: (sentence: string) => void,
  limitMs = usualLimitMs,
): Promise<void> {
  const until = performance.now() + limitMs;
  const begin = sealsWith(() => openSaltKey(dataDirectory));
  for (const [session, path] of files) {
    try {
      const seal = await sealOne((wake) => begin({ session, path }, sign, wake), until);
      if (seal === "too late") say(`The recording of the session ${session} will be sealed at the next start.`);
      else if (seal !== null) sealed?.(session, seal);
    } catch (thrown) {
      say(`${failureOf(thrown).message} It will be tried again at the next start.`);
    }
  }
}

type Begin = (wake: () => void) => ReturnType<ReturnType<typeof sealsWith>>;

async function sealOne(begin: Begin, until: number) {
  const late = Promise.withResolvers<"too late">();
  const limit = setTimeout(() => late.resolve("too late"), Math.max(0, until - performance.now()));
  const woken = Promise.withResolvers<void>();
  const sealing = begin(woken.resolve);
  try {
    for (;;) {
      const step = sealing.step(() => performance.now() >= until);
      if (step.kind === "sealed") return step.seal;
      if (step.kind === "reading") return "too late";
      if ((await Promise.race([woken.promise, late.promise])) === "too late") return "too late";
    }
  } finally {
    clearTimeout(limit);
    sealing.close();
  }
}
