import { spawn } from "node:child_process";
import { pathToFileURL } from "node:url";
import { writeDoorway } from "./doorway.ts";
import { othersEnvironment } from "./others-environment.mjs";

/**
 * Opens an address in the person's browser where there is one; does nothing where there is not, because the address is
 * printed as well. Other accounts of this machine can read what a program was started with, so the browser is given a
 * private file that leads to the address. Resolves to what removes that file, to be called once the address was used.
 */
export async function openInBrowser(url: string): Promise<() => void> {
  const command = openerOf(process.platform, process.env);
  const doorway = command === null ? null : writeDoorway(url);
  if (command === null || doorway === null) return () => undefined;
  const [program, ...args] = command;
  const { promise, resolve } = Promise.withResolvers<void>();
  const opened = pathToFileURL(doorway.file).href;
  const child = spawn(program, [...args, opened], { detached: true, stdio: "ignore", env: othersEnvironment() });
  child.once("spawn", () => {
    child.unref();
    resolve();
  });
  child.once("error", () => {
    doorway.remove();
    resolve();
  });
  await promise;
  return doorway.remove;
}

/** The platform's program that opens an address; `null` without a display, where a text browser would take the terminal over. */
export function openerOf(
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
): readonly [program: string, ...args: string[]] | null {
  if (platform === "darwin") return ["open"];
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"];
  return hasDisplay(platform, environment) ? ["xdg-open"] : null;
}

/** Whether windows can be shown. */
export function hasDisplay(platform: NodeJS.Platform, environment: Readonly<Record<string, string | undefined>>): boolean {
  if (platform === "darwin" || platform === "win32") return true;
  return Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
}
