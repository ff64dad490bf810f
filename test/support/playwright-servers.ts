import { type Servers, startServers } from "./servers.ts";

const variable = "STENOGRAPH_TEST_SERVERS";

/** Playwright's global set-up: the real servers live as long as the run and reach each test by `testServers()`. */
export default async function setup(): Promise<() => Promise<void>> {
  const { servers, stop } = await startServers();
  process.env[variable] = JSON.stringify(servers);
  return stop;
}

/** The real servers of this run. */
export function testServers(): Servers {
  const text = process.env[variable];
  if (text === undefined) throw new Error("The test servers are started by Playwright's global set-up; this runs outside of it.");
  return JSON.parse(text) as Servers;
}
