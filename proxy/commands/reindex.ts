import { existsSync, statSync } from "node:fs";
import type { Command } from "commander";
import { LibraryClient } from "../library/library-client.ts";
import type { RebuildProgress } from "../library/messages.ts";
import { failureOf } from "../model/failure.ts";
import { typescriptWorkers } from "../serve-browsers.ts";
import { dataOption } from "./data-option.ts";

/** `reindex`: deletes the library and builds it again from the recordings, which are the truth. */
export function register(program: Command): void {
  program
    .command("reindex")
    .description("delete the library and build it again from the recordings")
    .addOption(dataOption("the recordings and the library").makeOptionMandatory())
    .action((options: { readonly data: string }) => reindex(options.data));
}

async function reindex(dataDirectory: string): Promise<void> {
  if (!existsSync(dataDirectory) || !statSync(dataDirectory).isDirectory()) {
    process.stderr.write(`There is no directory ${dataDirectory}, so there is nothing to index.\n`);
    process.exitCode = 1;
    return;
  }
  const library = new LibraryClient(typescriptWorkers.library, { dataDirectory, index: true, recorder: null });
  const quiet = library.onRebuild(progressPrinter());
  try {
    await library.call("library.reindex", {});
    const { sessions, statements } = library.state;
    process.stdout.write(`${JSON.stringify({ event: "reindexed", sessions, statements })}\n`);
  } catch (cause) {
    process.stderr.write(`${failureOf(cause).message}\n`);
    process.exitCode = 1;
  } finally {
    quiet();
    await library.close();
  }
}

/** One line for each further tenth, so that a log stays readable too. */
function progressPrinter(): (progress: RebuildProgress) => void {
  let told = 0;
  return ({ doneBytes, totalBytes }) => {
    const tenths = totalBytes === 0 ? 10 : Math.floor((doneBytes / totalBytes) * 10);
    if (tenths <= told) return;
    told = tenths;
    process.stderr.write(`${tenths * 10} % of ${totalBytes} bytes of recordings indexed.\n`);
  };
}
