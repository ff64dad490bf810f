import type { Command } from "commander";
import { defaultDataDirectory } from "../config.ts";
import { failureOf } from "../model/failure.ts";
import { serveBrowsers } from "../serve-browsers.ts";
import { electronBinary } from "../setup/electron-binary.ts";
import { dataOption } from "./data-option.ts";
import { runDesktop } from "./run-desktop.ts";

/** `app`: the desktop application, or the browser host where Electron's binary cannot be had. */
export function register(program: Command): void {
  program
    .command("app")
    .description("open the workstation")
    .addOption(dataOption("the recordings, the library and the settings").default(defaultDataDirectory()))
    .action((options: { readonly data: string }) => openApp(options.data));
}

async function openApp(dataDirectory: string): Promise<void> {
  const electron = await electronBinary();
  const missing = "path" in electron ? await runDesktop(electron.path, dataDirectory) : electron.missing;
  if (missing === null) return;
  process.stderr.write(`${missing}, so the workstation is served to your browser instead.\n`);
  try {
    await serveBrowsers({ dataDirectory, port: 0, openBrowser: true, demo: false });
  } catch (cause) {
    process.stderr.write(`${failureOf(cause).message}\n`);
    process.exitCode = 1;
  }
}
