import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createConnection as connect } from "mysql2/promise";
import { beforeAll, describe, expect, inject, it, onTestFinished } from "vitest";
import type { SamlSettings } from "../../../proxy/identity/identity-settings.ts";
import type { Role } from "../../../proxy/model/role.ts";
import { connectionOf } from "../../support/api/connection-of.ts";
import { BrowserClient } from "../../support/browser-client.ts";
import { writeIdentityJson } from "../../support/identity/identity-json.ts";
import { bring, SamlProvider, type SignInQuestion } from "../../support/saml/saml-provider.ts";
import { available, freePort } from "../../support/servers.ts";
import { listSessions, type RunningStenograph, startStenograph, temporaryDirectory } from "../../support/stenograph.ts";

let provider: SamlProvider;

beforeAll(async () => {
  provider = await SamlProvider.make();
});

const everyRole: readonly Role[] = ["operator", "auditor", "admin"];

/** A workstation whose people sign in at the SAML provider, and one browser at it. */
async function startWorkstation(
  settings: Partial<SamlSettings> = {},
): Promise<{ directory: string; workstation: RunningStenograph; api: BrowserClient }> {
  const directory = temporaryDirectory();
  writeIdentityJson(directory.path, {
    provider: provider.settings(settings),
    roles: everyRole.map((role) => ({ group: "dba", role })),
    endOpenSessions: { kind: "at-once" },
  });
  const workstation = await startStenograph(["serve", "--data", directory.path, "--no-open"]);
  onTestFinished(async () => {
    await workstation.end();
    directory[Symbol.dispose]();
  });
  const { url } = workstation.first as unknown as { readonly url: string };
  const api = await BrowserClient.connect(url, await BrowserClient.letIn(url));
  onTestFinished(() => api.drop());
  return { directory: directory.path, workstation, api };
}

/** Signs the browser's person in with what `answer` makes of the workstation's request; gives the last page. */
async function signIn(api: BrowserClient, answer: (question: SignInQuestion) => string): Promise<string> {
  const { url } = await api.call("identity.signIn", {});
  const question = provider.question(url);
  return (await bring(question.consumer, answer(question), api.home.cookie)).text();
}

function accessLog(directory: string): Record<string, unknown>[] {
  const lines = readFileSync(join(directory, "access-log.jsonl"), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line));
}

const state = async (api: BrowserClient) => (await api.call("identity.get", {})).identity;

describe.each(available(inject("servers")))("who signed in by SAML, at $kind", (server) => {
  it("runs sessions under their own name with a credential of theirs, until they sign out", async () => {
    const { directory, workstation, api } = await startWorkstation();
    expect(await signIn(api, (question) => provider.answer(question))).toContain("You are signed in as Anna");
    await expect.poll(() => state(api)).toMatchObject({ state: "signed-in", actor: { via: "saml" }, roles: everyRole });
    const connection = connectionOf({
      identity: "sign-in",
      listen: { host: "127.0.0.1", port: await freePort() },
      upstream: { host: server.host, port: server.port },
      upstreamUser: server.app.user,
      clientUser: null,
    });
    await api.call("connections.save", { connection, secrets: { upstreamPassword: server.app.password } });
    expect(await api.call("connections.start", { id: connection.id })).toMatchObject({ state: "listening" });
    const { credential, password } = await api.call("credentials.mint", { connection: connection.id });
    const account = { host: "127.0.0.1", port: connection.listen.port, user: credential.user, password };
    const client = await connect(account);
    expect((await client.query("SELECT 6 * 7 AS answer"))[0]).toEqual([{ answer: 42 }]);
    await client.end();

    await api.call("identity.signOut", {});
    await expect.poll(() => state(api)).toMatchObject({ state: "signed-out" });
    await expect(connect(account)).rejects.toMatchObject({ errno: 1045 });
    await workstation.end();
    const [session] = (await listSessions(directory)).filter(({ statements }) => statements > 0);
    expect(session?.actor).toMatchObject({
      kind: "person",
      name: "Anna Ärlig & Co",
      authenticated: true,
      issuer: "https://idp.example.test/metadata",
      subject: "anna@example.test",
      groups: ["dba", "staff"],
      via: "saml",
    });
  });
});

describe("a SAML provider that knows one address only", () => {
  it("signs in there who began in this browser, and nobody else", async () => {
    const port = await freePort();
    const { directory, api } = await startWorkstation({ consumerPort: port });
    const { url } = await api.call("identity.signIn", {});
    const question = provider.question(url);
    expect(question.consumer).toBe(`http://127.0.0.1:${port}/saml/acs`);
    const asked = await bring(question.consumer, provider.answer(question));
    expect(asked.status).toBe(200);
    expect(await asked.text()).toContain('<form method="post" action="?again">');
    const stranger = await bring(`${question.consumer}?again`, provider.answer(question));
    expect(stranger.status).toBe(403);
    expect(await stranger.text()).toContain("it began in another browser");
    expect((await state(api)).state).toBe("signing-in");
    const { cookie } = api.home;
    expect(await (await bring(`${question.consumer}?again`, provider.answer(question), cookie)).text()).toContain(
      "You are signed in as Anna",
    );
    await expect.poll(() => state(api), { timeout: 20_000 }).toMatchObject({ state: "signed-in" });
    expect(accessLog(directory).map(({ kind }) => kind)).toEqual(["sign-in-answer-refused", "signed-in"]);
  });

  it("is told with an answer that is no form of a provider's, or too large, that it was not taken", async () => {
    const { api } = await startWorkstation();
    const { url } = await api.call("identity.signIn", {});
    const { consumer } = provider.question(url);
    const post = (body: BodyInit) => fetch(consumer, { method: "POST", body }).then(({ status }) => status);
    expect(await post(new URLSearchParams({ SAMLResponse: '"><script>alert(1)</script>' }))).toBe(400);
    expect(await post(new URLSearchParams({ SAMLResponse: "A".repeat(600_000) }))).toBe(400);
    expect((await fetch(consumer, { method: "PUT" })).status).toBe(405);
  });
});

describe("a forged SAML answer", () => {
  it("signs nobody in, is told to the person, and is in the access log", async () => {
    const { directory, api } = await startWorkstation();
    const page = await signIn(api, (question) => provider.response(question, provider.assertion(question)));
    expect(page).toContain("You are not signed in");
    await expect
      .poll(() => state(api))
      .toMatchObject({ state: "signed-out", message: expect.stringContaining("its assertion is not signed") });
    await expect(api.call("sessions.list", {} as never)).rejects.toThrow();
    expect(accessLog(directory)).toContainEqual(
      expect.objectContaining({
        kind: "sign-in-failed",
        actor: null,
        code: "assertion-refused",
        message: expect.stringContaining("not signed"),
      }),
    );
  });

  it("that belongs to no sign-in is turned away, is in the access log, and keeps nobody from signing in", async () => {
    const { directory, api } = await startWorkstation();
    const { url } = await api.call("identity.signIn", {});
    const question = provider.question(url);
    expect((await bring(question.consumer, provider.answer({ ...question, id: "_other" }), api.home.cookie)).status).toBe(400);
    expect((await bring(question.consumer, provider.answer(question), api.home.cookie)).status).toBe(200);
    await expect.poll(() => state(api)).toMatchObject({ state: "signed-in" });
    expect(accessLog(directory).map(({ kind }) => kind)).toEqual(["sign-in-answer-refused", "signed-in"]);
  });
});
