import { describe, expect, it } from "vitest";
import { ServedWorkstation, stateOf, until } from "../../support/identity/served-workstation.ts";

describe("The list of who is signed in", () => {
  it("tells a person of their own browsers and an admin of everybody, who each may end what they see", async () => {
    const workstation = await ServedWorkstation.start();
    const [dba, , auditor] = workstation.people;
    const [first, second] = [await workstation.browserOf(auditor), await workstation.browserOf(auditor)];
    const admin = await workstation.browserOf(dba);

    const { signIns: own } = await first.call("identity.signIns", {});
    expect(own).toMatchObject([
      { name: auditor.name, email: auditor.email, subject: auditor.subject, issuer: workstation.provider.issuer, here: true, seenAt: null },
      { subject: auditor.subject, roles: ["auditor"], here: false },
    ]);
    const { signIns: all } = await admin.call("identity.signIns", {});
    expect(all.map(({ subject, here }) => [subject, here])).toEqual([
      [auditor.subject, false],
      [auditor.subject, false],
      [dba.subject, true],
    ]);
    expect(JSON.stringify([own, all])).not.toMatch(/token|claims|sign"/i);

    const [, , ofAdmin] = all;
    await expect(first.call("identity.endSignIn", { id: ofAdmin?.id ?? "" })).rejects.toThrow(
      "There is no such sign-in that you could end",
    );
    expect((await stateOf(admin)).state).toBe("signed-in");

    await first.call("identity.endSignIn", { id: own[1]?.id ?? "" });
    await until(second, "signed-out");
    expect(await stateOf(second)).toMatchObject({ message: expect.stringContaining(`ended by ${auditor.name} in another browser`) });
    await admin.call("identity.endSignIn", { id: own[0]?.id ?? "" });
    await until(first, "signed-out");
    expect((await admin.call("identity.signIns", {})).signIns).toHaveLength(1);
    await admin.call("identity.endSignIn", { id: ofAdmin?.id ?? "" });
    await until(admin, "signed-out");
    expect((await admin.call("identity.signIns", {})).signIns).toEqual([]);
    await expect(admin.call("identity.endSignIn", { id: own[0]?.id ?? "" })).rejects.toThrow("There is no such sign-in");

    expect(workstation.log().filter(({ kind }) => kind === "sign-in-ended")).toMatchObject([
      { actor: { subject: auditor.subject }, cause: "ended", by: { subject: auditor.subject } },
      { actor: { subject: auditor.subject }, cause: "ended", by: { subject: dba.subject } },
      { actor: { subject: dba.subject }, cause: "signed-out" },
    ]);
  });

  it("says when a browser's last page was closed", async () => {
    const workstation = await ServedWorkstation.start();
    const [dba] = workstation.people;
    const [here, gone] = [await workstation.browserOf(dba), await workstation.browserOf(dba)];
    gone.drop();
    const seenAt = async () => (await here.call("identity.signIns", {})).signIns.map(({ seenAt: at }) => at);
    await expect.poll(seenAt, { timeout: 30_000 }).toEqual([null, expect.any(Number)]);
  });
});
