import { createConnection } from "mysql2/promise";
import { afterEach, describe, expect, inject, it } from "vitest";
import { credentialOf } from "../../support/identity/client-credential-of.ts";
import { recordedSessions } from "../../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../../support/recorded-relay.ts";
import { available } from "../../support/servers.ts";
import { startTappedForwarder } from "../../support/tapped-forwarder.ts";

const password = "password-of-anna";
const anna = credentialOf("anna", password);
const ended = "Your sign-in at Stenograph has ended. Sign in again and use the new credential.";

let relay: RecordedRelay | null = null;

afterEach(async () => {
  await relay?.stop();
  relay?.remove();
  relay = null;
});

describe.each(available(inject("servers")))("an identity that ends while its client is signing in, at $kind", (server) => {
  async function start(port: number): Promise<RecordedRelay> {
    relay = await startRecordedRelay({
      upstream: { host: "127.0.0.1", port },
      connection: { auth: "mapped", identity: "sign-in", upstreamUser: server.app.user },
      secrets: { upstreamPassword: server.app.password, clientPassword: null },
      credentials: [anna],
    });
    return relay;
  }

  // 0: before the greeting; from 1 on: behind the client's own authentication, in the middle of the upstream's.
  it.each([0, 1])("opens no session, whatever the upstream was about to say (its chunk %d)", async (chunk) => {
    await using upstream = await startTappedForwarder(server);
    const running = await start(upstream.port);
    const hold = upstream.holdAt(chunk);
    const refused = createConnection({ host: "127.0.0.1", port: running.port, user: anna.user, password }).catch((error: unknown) => error);
    await hold.held;
    running.setCredentials([{ ...anna, ended }]);
    running.endSessions([anna.id], ended);
    hold.release();
    expect(await refused).toMatchObject({ errno: 1045, sqlMessage: ended });
    await expect.poll(() => running.refused).toMatchObject([{ cause: "identity-ended", user: anna.user }]);
    expect(running.openSessions()).toBe(0);
    const [session] = recordedSessions(running.dataDirectory);
    expect(session).toMatchObject({ open: { signedIn: false }, close: { cause: "identity-ended", detail: ended }, statements: [] });
  });

  it("opens one for the credential that was minted meanwhile, and for no other", async () => {
    await using upstream = await startTappedForwarder(server);
    const running = await start(upstream.port);
    const hold = upstream.holdAt(0);
    const newer = credentialOf("anna", "newer password", { id: "newer", user: "anna-newer0" });
    const connecting = createConnection({ host: "127.0.0.1", port: running.port, user: newer.user, password: "newer password" });
    await hold.held;
    running.setCredentials([{ ...anna, ended }, newer]);
    running.endSessions([anna.id], ended);
    hold.release();
    const client = await connecting;
    await client.query("SELECT 1");
    await client.end();
    await running.untilIdle();
    const [session] = recordedSessions(running.dataDirectory);
    expect(session).toMatchObject({ open: { actor: newer.actor, credential: { id: "newer" } }, close: { cause: "client-quit" } });
  });

  it("closes the session where it ends in the middle of a change of user", async () => {
    await using upstream = await startTappedForwarder(server);
    const running = await start(upstream.port);
    const client = await createConnection({ host: "127.0.0.1", port: running.port, user: anna.user, password });
    client.on("error", () => undefined);
    await client.query("SELECT 1");
    const hold = upstream.holdAt(0);
    const changing = client.changeUser({ user: anna.user, password }).catch((error: unknown) => error);
    await hold.held;
    running.setCredentials([{ ...anna, ended }]);
    hold.release();
    expect(await changing).toMatchObject({ errno: 1045, sqlMessage: ended });
    await running.untilIdle();
    const [session] = recordedSessions(running.dataDirectory);
    expect(session).toMatchObject({ open: { actor: anna.actor }, close: { cause: "identity-ended", detail: ended } });
  });

  it("has nothing recorded under it from then on, whenever it ends", async () => {
    const running = await start(server.port);
    for (let turns = 0; turns < 40; turns += 4) {
      running.setCredentials([anna]);
      const attempt = createConnection({ host: "127.0.0.1", port: running.port, user: anna.user, password }).then(
        async (client) => {
          client.on("error", () => undefined);
          await client.query("SELECT SLEEP(60)").catch(() => undefined);
          client.destroy();
        },
        () => undefined,
      );
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      running.setCredentials([{ ...anna, ended }]);
      running.endSessions([anna.id], ended);
      const openAfter = running.openSessions();
      await attempt;
      await running.untilIdle();
      expect(openAfter).toBeLessThanOrEqual(1);
    }
    const sessions = recordedSessions(running.dataDirectory);
    for (const { open, close, statements } of sessions) {
      expect([open?.signedIn, close?.cause]).toEqual([open?.signedIn, "identity-ended"]);
      expect(statements.filter(({ outcome }) => outcome === "ok")).toEqual([]);
    }
  });
});
