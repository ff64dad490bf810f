/** Signs in by SAML, rightly and wrongly, and looks for what was asserted wherever it could have gone: whoever has it could bring it again. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { BrowserClient } from "../support/browser-client.ts";
import type { Canary } from "../support/canaries/canary.ts";
import { ObservedHome } from "../support/canaries/observed-program.ts";
import { findCanaries, type Place } from "../support/canaries/places.ts";
import { writeIdentityJson } from "../support/identity/identity-json.ts";
import { bring, makeKey, SamlProvider } from "../support/saml/saml-provider.ts";
import { temporaryDirectory } from "../support/stenograph.ts";

describe("what a SAML provider asserts", () => {
  const directory = temporaryDirectory();
  const home = new ObservedHome(directory.path);
  const asserted: Canary[] = [];

  beforeAll(async () => {
    const provider = await SamlProvider.make();
    const roles = (["operator", "auditor", "admin"] as const).map((role) => ({ group: "dba", role }));
    writeIdentityJson(home.data, { provider: provider.settings(), roles, endOpenSessions: { kind: "at-once" } });
    const serving = home.start(["serve", "--data", home.data], {});
    await serving.printed(/"event":"serving"/, "stdout");
    const { client: api, cookie } = await home.browse(serving);
    const stateOf = async (of: BrowserClient) => (await of.call("identity.get", {})).identity.state;
    const stranger = await makeKey();

    /** Brings an answer; the page that it leads to is kept, and so is what of the answer must be nowhere. */
    const answer = async (of: string, make: (question: ReturnType<typeof provider.question>) => string): Promise<void> => {
      const question = provider.question((await api.call("identity.signIn", {})).url);
      const response = make(question);
      const [, signature = ""] = /SignatureValue>([^<]+)</.exec(response) ?? [];
      expect(signature.length).toBeGreaterThan(300);
      asserted.push({ of, text: signature, password: false }, { of, text: response, password: false });
      home.see(`the page behind ${of}`, await (await bring(question.consumer, response, cookie)).text());
    };
    await answer("an answer signed by another key", (question) =>
      provider.response(question, provider.sign(provider.assertion(question), stranger)),
    );
    await vi.waitFor(async () => expect(await stateOf(api)).toBe("signed-out"), 20_000);
    await answer("an answer to another request", (question) => provider.answer({ ...question, id: "_other" }));
    await api.call("identity.cancel", {});
    await answer("the accepted answer", (question) => provider.answer(question));
    await vi.waitFor(async () => expect(await stateOf(api)).toBe("signed-in"), 20_000);
    await api.call("identity.testSettings", await api.call("identity.settings", {}));
    await api.call("sessions.list", { limit: 10 });
    home.seeFiles();
    await api.call("identity.signOut", {});
    expect(await serving.end()).toBe(0);
  }, 120_000);

  afterAll(async () => {
    await home[Symbol.asyncDispose]();
    directory[Symbol.dispose]();
  });

  /** What was accepted is kept for evidence, for its owner's eyes only. */
  function belongs({ of }: Canary, { name }: Place): boolean {
    if (of === "the one-time token") return /: standard (output|error)$/.test(name) || name.includes("stenograph-open-");
    return of === "the accepted answer" && /identity\/sign-ins\/[^/]+\.json$/.test(name);
  }

  it("is in no log, message, page, setting or recording, but for the proof of who signed in", () => {
    const all = [...asserted, ...home.made];
    expect(findCanaries(all, home.places(), belongs)).toEqual([]);
    const kept = findCanaries(asserted, home.places()).map(({ of }) => of);
    expect(new Set(kept)).toEqual(new Set(["the accepted answer"]));
    expect(home.places().some(({ name }) => name.endsWith("access-log.jsonl"))).toBe(true);
  });
});
