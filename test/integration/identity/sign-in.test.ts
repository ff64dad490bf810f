import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type IdentityProvider, startIdentityProvider } from "../../../proxy/demo/identity-provider/identity-provider.ts";
import { type SignInsUnderTest, settingsOf, signInAs, signInsWith } from "../../support/identity/sign-ins.ts";

let provider: IdentityProvider;
let under: SignInsUnderTest;

beforeAll(async () => {
  provider = await startIdentityProvider();
});
afterAll(() => provider.stop());
beforeEach(() => {
  under = signInsWith(settingsOf(provider));
});
afterEach(() => under[Symbol.dispose]());

describe("Signing in by OpenID Connect", () => {
  it("gives the person whom the provider vouched for, with the roles of their groups", async () => {
    const signIn = await signInAs(under.signIns, provider, "dana");
    expect(signIn.actor).toEqual({
      kind: "person",
      name: "Dana Beck",
      authenticated: true,
      issuer: provider.issuer,
      subject: "person-1017",
      email: "dana.beck@example.com",
      groups: ["dba", "admins"],
      via: "oidc",
      signIn: signIn.id,
    });
    expect(signIn.roles).toEqual(["operator", "admin"]);
    expect(under.signIns.get(signIn.id)).toBe(signIn);
    expect(under.log).toEqual([{ kind: "signed-in", actor: signIn.actor }]);
  });
});
