/** The demo without a window, which checks that the library shows the truth. */
import { startGivenConnections } from "../api/connections/given-connections.ts";
import { composeWorkstation } from "../compose.ts";
import { type CheckResult, checkWorkload } from "../demo/check/check-workload.ts";
import { mintedCredential, signInPerson } from "../demo/check/person-at-work.ts";
import { signInConnection } from "../demo/demo-source.ts";
import { workloadTargets } from "../demo/demo-targets.ts";
import type { Demo } from "../demo/open-demo.ts";
import { demoSeed } from "../demo/running-workload.ts";
import { typescriptWorkers } from "../serve-browsers.ts";

/** It plays for this long, and faster than a person. */
const durationMs = 10_000;
const pace = 0.4;
/** Sentences printed where it found differences. */
const shownDifferences = 20;

/**
 * The DBA signs in and works with a credential made for them, beside the machines and the script; then the auditor signs in and
 * reads everything. Exit code 0 only where nothing differs and every recording verifies.
 */
export async function checkDemo({ dataDirectory, source, provider, people, identity }: Demo, interrupted: AbortSignal): Promise<void> {
  const workstation = await composeWorkstation({ dataDirectory, host: "browser", workers: typescriptWorkers, demo: true });
  try {
    await startGivenConnections(workstation.handlers.calls, source.connections);
    const [dba, , auditor] = people;
    const [atWork, reading] = [workstation.newCaller(), workstation.newCaller()];
    await signInPerson(atWork, dba);
    await signInPerson(reading, auditor);
    const actor = { kind: "person", issuer: provider.issuer, subject: dba.subject } as const;
    const credential = await mintedCredential(atWork, signInConnection);
    const targets = workloadTargets(source, identity, () => ({ ...source.address, ...credential, actor }));
    const { core } = workstation;
    report(await checkWorkload({ core, calls: reading.calls, targets, seed: demoSeed, pace, durationMs, interrupted }));
  } finally {
    await workstation.close();
  }
}

function report({ differences, ...counts }: CheckResult): void {
  for (const difference of differences.slice(0, shownDifferences)) say(difference);
  if (differences.length > shownDifferences) say(`${differences.length - shownDifferences} more differences are not listed.`);
  if (differences.length > 0) process.exitCode = 1;
  process.stdout.write(`${JSON.stringify(counts)}\n`);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
