import type { TestProject } from "vitest/node";
import { type Servers, startServers } from "./servers.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly servers: Servers;
  }
}

/** Vitest's global set-up: the real servers live as long as the run and reach each test by `inject("servers")`. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { servers, stop } = await startServers();
  project.provide("servers", servers);
  return stop;
}
