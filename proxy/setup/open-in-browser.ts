import { spawn } from "node:child_process";

/**
 * Opens an address in the person's browser where there is one; does nothing where there is not, because the address is
 * printed as well. The address is an argument of the opened program, which other accounts of this machine can see: its
 * token is good once, so that a stolen one is noticed.
 */
export function openInBrowser(url: string): Promise<void> {
  const command = openerOf(process.platform, process.env);
  if (command === null) return Promise.resolve();
  const [program, ...args] = command;
  const { promise, resolve } = Promise.withResolvers<void>();
  const child = spawn(program, [...args, url], { detached: true, stdio: "ignore" });
  child.once("spawn", () => {
    child.unref();
    resolve();
  });
  child.once("error", () => resolve());
  return promise;
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
