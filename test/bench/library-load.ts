import { LibraryClient } from "../../proxy/library/library-client.ts";
import { clientIsThere, runSysbench } from "../support/clients.ts";
import { startMariadb } from "../support/servers.ts";
import { temporaryDirectory } from "../support/stenograph.ts";
import { direct, stenograph } from "./contestants.ts";
import { median } from "./median.ts";
import type { BenchOptions } from "./options.ts";
import { sysbenchMeasure, tableOptions } from "./relay-measures.ts";

export const libraryThread = new URL("../../proxy/library-thread.ts", import.meta.url);

/** What indexing costs the relay while both want the whole machine, and how far the library falls behind meanwhile. */
export interface LoadReport {
  readonly queriesPerSecondWithout: number;
  readonly queriesPerSecondWith: number;
  /** The rate with indexing divided by the rate without; medians of all rounds. */
  readonly ratio: number;
  /** Lag that the library itself showed when the load ended; the largest of all rounds. */
  readonly lagBytes: number;
  readonly lagMs: number;
  /** Time after the load until everything was indexed; the longest of all rounds. */
  readonly caughtUpAfterSeconds: number;
}

/**
 * Point selects of 32 clients through the recording proxy, in turns with and without a library that indexes what is being
 * recorded. The library begins with the load of the round without it still to do, so it never runs out of work.
 */
export async function benchLoad(options: BenchOptions, say: (text: string) => void): Promise<LoadReport | null> {
  if (!clientIsThere("sysbench")) {
    say("sysbench is not on this machine, so the library is not measured under load: apt-get install sysbench\n");
    return null;
  }
  await using cleanup = new AsyncDisposableStack();
  using data = temporaryDirectory();
  const server = await startMariadb(["--innodb-buffer-pool-size=512M"]);
  cleanup.defer(() => server.stop());
  await runSysbench(direct(server.address).target, "oltp_read_write", "prepare", tableOptions);
  const proxy = await stenograph(server.address, data.path);
  cleanup.defer(() => proxy.stop());

  const measure = sysbenchMeasure("oltp_point_select", 32, options.seconds);
  const rounds = [];
  for (let round = 1; round <= options.rounds; round++) {
    const without = (await measure.run(proxy.target)).rate;
    const library = new LibraryClient(libraryThread, { dataDirectory: data.path, index: true, recorder: null });
    const stopLibrary = cleanup.use({ [Symbol.asyncDispose]: () => library.close() });
    const withIndexing = (await measure.run(proxy.target)).rate;
    const { lagBytes, lagMs } = library.state;
    const endedAt = performance.now();
    await library.call("library.settled", {});
    const caughtUpAfterSeconds = (performance.now() - endedAt) / 1000;
    await stopLibrary[Symbol.asyncDispose]();
    rounds.push({ without, withIndexing, lagBytes, lagMs, caughtUpAfterSeconds });
    say(
      `round ${round}  without: ${without.toFixed(0)}  with: ${withIndexing.toFixed(0)} queries/s, caught up after ${caughtUpAfterSeconds.toFixed(1)} s\n`,
    );
  }

  const without = median(rounds.map((round) => round.without));
  const withIndexing = median(rounds.map((round) => round.withIndexing));
  return {
    queriesPerSecondWithout: Math.round(without),
    queriesPerSecondWith: Math.round(withIndexing),
    ratio: Math.round((withIndexing / without) * 1000) / 1000,
    lagBytes: Math.max(...rounds.map((round) => round.lagBytes)),
    lagMs: Math.max(...rounds.map((round) => round.lagMs)),
    caughtUpAfterSeconds: Math.round(Math.max(...rounds.map((round) => round.caughtUpAfterSeconds)) * 10) / 10,
  };
}
