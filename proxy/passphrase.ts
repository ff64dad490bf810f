const name = "STENOGRAPH_PASSPHRASE";

/**
 * Takes the passphrase of stored secrets out of the environment, so that no program gets it which this one starts later, e.g. a browser
 * for a sign-in. `null` where there is none. (What a process was started with stays readable to its own account, on Linux in /proc.)
 */
export function takePassphrase(environment: NodeJS.ProcessEnv = process.env): string | null {
  const passphrase = environment[name] || null;
  delete environment[name];
  return passphrase;
}
