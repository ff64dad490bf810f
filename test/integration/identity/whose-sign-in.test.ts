/** Whoever begins a sign-in and has another person finish it must not get theirs. */
import { describe, expect, it } from "vitest";
import { ScriptedBrowser } from "../../../proxy/demo/identity-provider/scripted-browser.ts";
import { rawRequest } from "../../support/api/raw-request.ts";
import { ServedWorkstation, stateOf, until } from "../../support/identity/served-workstation.ts";

describe("A sign-in that began in one browser", () => {
  it("is not finished by a person in another one, who is told why, and can be finished in its own", async () => {
    const workstation = await ServedWorkstation.start();
    const [dba] = workstation.people;
    const [own, others] = [await workstation.browser(), await workstation.browser()];
    const { url } = await own.call("identity.signIn", {});
    for (const stranger of [new ScriptedBrowser(others.home), new ScriptedBrowser()]) {
      const arrived = await stranger.signIn(url, dba);
      // A browser without a cookie is asked once more; one that still has none is another one.
      const told = arrived.status === 403 ? arrived : await stranger.open(`${arrived.url}&again`);
      expect(told).toMatchObject({ status: 403, text: expect.stringContaining("it began in another browser") });
      expect((await stateOf(own)).state).toBe("signing-in");
      expect((await stateOf(others)).state).toBe("signed-out");
    }
    expect((await new ScriptedBrowser(own.home).signIn(url, dba)).text).toContain(`You are signed in as ${dba.name}`);
    await until(own, "signed-in");
    expect((await stateOf(others)).state).toBe("signed-out");
    expect(workstation.log()).toContainEqual(
      expect.objectContaining({ kind: "sign-in-answer-refused", message: expect.stringContaining("another browser") }),
    );
  });

  it("is nobody's whose own sign-in is under way, and keeps them from nothing", async () => {
    const workstation = await ServedWorkstation.start();
    const [dba] = workstation.people;
    const [own, others] = [await workstation.browser(), await workstation.browser()];
    const { url } = await own.call("identity.signIn", {});
    const { url: othersUrl } = await others.call("identity.signIn", {});
    const arrived = await new ScriptedBrowser(others.home).signIn(url, dba);
    expect(arrived).toMatchObject({ status: 400, text: expect.stringContaining("does not belong to this sign-in") });
    expect(await Promise.all([stateOf(own), stateOf(others)])).toMatchObject([{ state: "signing-in" }, { state: "signing-in" }]);
    await new ScriptedBrowser(others.home).signIn(othersUrl, dba);
    await until(others, "signed-in");
    expect((await stateOf(own)).state).toBe("signing-in");
  });

  it("ends at the workstation's own address, by whichever name it is opened, so that a tunnel to it is enough", async () => {
    const workstation = await ServedWorkstation.start();
    for (const name of ["127.0.0.1", "localhost"]) {
      const client = await workstation.browser(name);
      const { url } = await client.call("identity.signIn", {});
      expect(new URL(url).searchParams.get("redirect_uri")).toBe(`http://${name}:${workstation.port}/callback`);
    }
  });

  it("is given up for wrong answers of its own browser alone, and answers nobody else's addresses", async () => {
    const workstation = await ServedWorkstation.start();
    const [dba] = workstation.people;
    const own = await workstation.browser();
    const { url } = await own.call("identity.signIn", {});
    const { origin, cookie } = own.home;
    const ask = (path: string, init: RequestInit = {}) => fetch(`${origin}${path}`, init).then(({ status }) => status);
    for (let tries = 0; tries < 12; tries += 1) expect(await ask("/callback?state=wrong&again")).toBe(403);
    expect(await ask("/callback?state=wrong", { headers: { cookie, "sec-fetch-dest": "image" } })).toBe(403);
    const rebound = ["GET /callback?state=wrong HTTP/1.1", "Host: evil.example", `Cookie: ${cookie}`];
    expect((await rawRequest(Number(workstation.port), rebound)).status).toBe(403);
    expect(await ask("/callback?state=wrong", { method: "POST", headers: { cookie } })).toBe(405);
    expect((await new ScriptedBrowser(own.home).signIn(url, dba)).text).toContain(`You are signed in as ${dba.name}`);
  });
});
