import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ProviderState } from "../../../../../proxy/demo/identity-provider/provider-state.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("what the identity provider remembers", () => {
  it("is found by id, by session and by user code, each model's for itself", async () => {
    const state = new ProviderState();
    const [sessions, codes] = [state.adapter("Session"), state.adapter("DeviceCode")];
    await sessions.upsert("1", { uid: "u" }, 60);
    await codes.upsert("1", { userCode: "ABCD" }, 60);
    expect(await sessions.find("1")).toEqual({ uid: "u" });
    expect(await sessions.findByUid("u")).toEqual({ uid: "u" });
    expect(await codes.findByUid("u")).toBeUndefined();
    expect(await codes.findByUserCode("ABCD")).toEqual({ userCode: "ABCD" });
  });

  it("is forgotten when its time is over", async () => {
    const tokens = new ProviderState().adapter("AccessToken");
    await tokens.upsert("1", {}, 60);
    vi.advanceTimersByTime(59_999);
    expect(await tokens.find("1")).toEqual({});
    vi.advanceTimersByTime(1);
    expect(await tokens.find("1")).toBeUndefined();
  });

  it("is marked as used, and removed one by one", async () => {
    const codes = new ProviderState().adapter("AuthorizationCode");
    await codes.upsert("1", {}, 60);
    await codes.consume("1");
    expect(await codes.find("1")).toEqual({ consumed: Math.floor(Date.now() / 1000) });
    await codes.destroy("1");
    expect(await codes.find("1")).toBeUndefined();
  });

  it("is removed by its grant within its model, and by its person in all", async () => {
    const state = new ProviderState();
    const [access, refresh] = [state.adapter("AccessToken"), state.adapter("RefreshToken")];
    await access.upsert("1", { grantId: "g", accountId: "dana" }, 60);
    await refresh.upsert("1", { grantId: "g", accountId: "dana" }, 60);
    await refresh.upsert("2", { grantId: "h", accountId: "ravi" }, 60);
    await access.revokeByGrantId("g");
    expect([await access.find("1"), await refresh.find("1")]).toEqual([undefined, { grantId: "g", accountId: "dana" }]);
    state.forgetAccount("dana");
    expect([await refresh.find("1"), await refresh.find("2")]).toEqual([undefined, { grantId: "h", accountId: "ravi" }]);
  });

  it("has a limit, and the oldest goes first", async () => {
    const tokens = new ProviderState().adapter("AccessToken");
    for (let id = 0; id <= 10_000; id += 1) await tokens.upsert(String(id), {}, 60);
    expect([await tokens.find("0"), await tokens.find("1"), await tokens.find("10000")]).toEqual([undefined, {}, {}]);
  });
});
