/** How long the fuzz tests run and with which seeds; see test/fixtures/fuzz-seeds/README.md. */
import { readFileSync } from "node:fs";
import { Random } from "./random.ts";

const told = process.env.STENOGRAPH_FUZZ_SEED;

/** Seconds that a fuzz test has for new seeds: those it is given, or what it takes unless told. */
export function fuzzSeconds(unlessTold: number): number {
  return Number(process.env.STENOGRAPH_FUZZ_SECONDS ?? unlessTold);
}

/** Seeds that are run whatever happens: those that are kept, or the one that is to be repeated. */
export function keptSeeds(of: "decoders" | "live"): readonly number[] {
  if (told !== undefined) return [Number(told)];
  const file = new URL(`../fixtures/fuzz-seeds/${of}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as number[];
}

/** New seeds, one after the other, for `seconds`; none where one is to be repeated. */
export function* newSeeds(seconds: number): Generator<number> {
  if (told !== undefined) return;
  const until = performance.now() + seconds * 1000;
  for (let seed = Date.now() % 2 ** 31; performance.now() < until; seed = (seed + 1) % 2 ** 31) yield seed;
}

/** What a seed makes of the bytes; its failure says how to repeat it. */
export function withSeed<T>(seed: number, round: (random: Random) => T): T {
  const failed = (thrown: unknown): never => {
    throw new Error(`STENOGRAPH_FUZZ_SEED=${seed} fails: ${thrown instanceof Error ? thrown.message : String(thrown)}`, { cause: thrown });
  };
  try {
    const result = round(new Random(seed));
    return result instanceof Promise ? (result.catch(failed) as T) : result;
  } catch (thrown) {
    return failed(thrown);
  }
}
