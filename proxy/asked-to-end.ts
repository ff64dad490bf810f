/**
 * Calls `asked` when the process is asked to end in order: Ctrl+C (SIGINT), SIGTERM, or its terminal is closed (SIGHUP).
 * A second Ctrl+C ends the process at once, as without us. A second SIGTERM or SIGHUP changes nothing (and `asked` may be
 * called again): who sends one to a whole process group, e.g. systemd, `timeout` or a closing terminal, reaches us twice,
 * because `npm run` and `setup/start.mjs` pass on what they get.
 */
export function whenAskedToEnd(asked: () => void): void {
  process.once("SIGINT", asked);
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, asked);
}

/** Resolves when the process is first asked to end; see `whenAskedToEnd`. */
export function askedToEnd(): Promise<void> {
  return new Promise((resolve) => whenAskedToEnd(resolve));
}
