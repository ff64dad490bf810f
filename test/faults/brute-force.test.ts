import { createConnection } from "mysql2/promise";
import { afterEach, describe, expect, inject, it } from "vitest";
import { credentialOf } from "../support/identity/client-credential-of.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { available } from "../support/servers.ts";

const anna = credentialOf("anna", "password-of-anna");
const bob = credentialOf("bob", "password-of-bob");
const tries = 1000;
const atOnce = 60;

let relay: RecordedRelay | null = null;

afterEach(async () => {
  await relay?.stop();
  relay?.remove();
  relay = null;
});

/** Milliseconds until the client was let in. */
async function letIn(port: number, user: string, password: string): Promise<number> {
  const began = performance.now();
  const client = await createConnection({ host: "127.0.0.1", port, user, password });
  await client.query("SELECT 1");
  await client.end();
  return performance.now() - began;
}

describe.each(available(inject("servers")))("brute force on a client port", (server) => {
  it(`of ${tries} tries at one name hardly slows down who has another, and does not lock out who has that one`, async () => {
    const running = await startRecordedRelay({
      upstream: server,
      connection: { auth: "mapped", identity: "sign-in", upstreamUser: server.app.user },
      secrets: { upstreamPassword: server.app.password, clientPassword: null },
      credentials: [anna, bob],
    });
    relay = running;
    const answers = new Map<number, number>();
    let left = tries;
    const attack = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const attempt = createConnection({ host: "127.0.0.1", port: running.port, user: anna.user, password: `guess ${left}` });
        const errno = await attempt.then(
          (client) => {
            client.destroy();
            return 0;
          },
          (error: { errno: number }) => error.errno,
        );
        answers.set(errno, (answers.get(errno) ?? 0) + 1);
      }
    };
    const attackers = Promise.all(Array.from({ length: atOnce }, attack));
    const waits: number[] = [];
    while (left > 0) waits.push(await letIn(running.port, bob.user, "password-of-bob"));
    await attackers;
    // Two seconds at most, and what a busy machine makes of it.
    expect(await letIn(running.port, anna.user, "password-of-anna")).toBeLessThan(10_000);

    expect([...answers.keys()].filter((errno) => errno !== 1045 && errno !== 1040)).toEqual([]);
    expect((answers.get(1045) ?? 0) + (answers.get(1040) ?? 0)).toBe(tries);
    expect(waits.length).toBeGreaterThan(0);
    waits.sort((one, other) => one - other);
    expect(waits[Math.floor(waits.length / 2)]).toBeLessThan(1500);
    await expect.poll(() => running.refused.length).toBe(tries);
    expect(JSON.stringify(running.refused)).not.toContain("guess");
  });
});
