import { beforeEach, describe, expect, it } from "vitest";
import { guardedHandlers } from "../../../../../proxy/api/guarded-handlers.ts";
import { connectionOf } from "../../../../support/api/connection-of.ts";
import { FakeCaller } from "../../../../support/api/fake-caller.ts";
import { type FakeCore, fakeCore } from "../../../../support/api/fake-core.ts";

let core: FakeCore;

beforeEach(async () => {
  core = await fakeCore();
  await core.connections.save(connectionOf({ identity: "sign-in", clientUser: null }), { upstreamPassword: "up" });
});

describe("A credential", () => {
  it("is made for who asked, and who may have one", async () => {
    const { calls } = guardedHandlers(core, new FakeCaller(["operator"]));
    const { credential, password } = await calls["credentials.mint"]({ connection: "shop" });
    expect(password.length).toBeGreaterThanOrEqual(24);
    expect((await calls["credentials.list"]({})).credentials).toEqual([credential]);
  });

  it.each<[string, ConstructorParameters<typeof FakeCaller>[0]]>([
    ["signed out", null],
    ["lost the role", ["auditor"]],
  ])("is not made for who %s while it was asked for", async (_, now) => {
    const caller = new FakeCaller(["operator"]);
    const minted = guardedHandlers(core, caller).calls["credentials.mint"]({ connection: "shop" });
    caller.become(now);
    await expect(minted).rejects.toMatchObject({ code: "signed-out" });
    expect(core.identity.credentials.list("s1")).toEqual([]);
  });
});
