/**
 * The environment for programs that are not ours: without what is meant for us alone, above all the passphrase. They may
 * hand theirs on to what they start, or write it into a report.
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @returns {Record<string, string | undefined>}
 */
export function othersEnvironment(environment = process.env) {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("STENOGRAPH_")));
}
