import { describe, expect, it } from "vitest";
import { connection as connectionSchema } from "../../../../proxy/api/contract.ts";
import { draftOf, emptyDraft, readDraft } from "../../../../renderer/connections/draft.ts";
import { hostAndPort } from "../../../../renderer/connections/listener-text.ts";
import { fakeConnection } from "../../../support/renderer/fake-workstation.ts";

describe("a connection's draft", () => {
  it("says next to each field what is wrong with it", () => {
    const read = readDraft({ ...emptyDraft("x"), upstreamHost: " ", upstreamPort: "0x50", listenPort: "70000", auth: "mapped" });
    expect(read.ok ? [] : Object.keys(read.errors).sort()).toEqual([
      "clientUser",
      "listenPort",
      "name",
      "upstreamHost",
      "upstreamPort",
      "upstreamUser",
    ]);
  });

  it("does not take port 0 for an upstream, nor text that is no certificate", () => {
    const read = readDraft({ ...emptyDraft("x"), name: "Shop", upstreamPort: "0", upstreamCa: "hello" });
    expect(read.ok ? [] : Object.keys(read.errors).sort()).toEqual(["upstreamCa", "upstreamPort"]);
  });

  it("takes a path for a Unix socket, whose port says nothing", () => {
    const read = readDraft({ ...emptyDraft("x"), name: "Shop", listenHost: "/run/s.sock", upstreamHost: "/run/m.sock", upstreamPort: "" });
    expect(read).toMatchObject({
      ok: true,
      connection: { listen: { host: "/run/s.sock", port: 0 }, upstream: { host: "/run/m.sock", port: 0 } },
    });
  });

  it("leaves stored secrets as they are, sets new ones, and removes on request", () => {
    const draft = draftOf(fakeConnection);
    const secrets = (change: Partial<typeof draft>) => {
      const read = readDraft({ ...draft, ...change });
      return read.ok ? read.secrets : read.errors;
    };
    expect(secrets({})).toEqual({});
    expect(secrets({ upstreamPassword: { change: "set", text: "new" } })).toEqual({ upstreamPassword: "new" });
    expect(secrets({ upstreamPassword2: { change: "set", text: "code" }, upstreamPassword3: { change: "remove" } })).toEqual({
      upstreamPassword2: "code",
      upstreamPassword3: null,
    });
    expect(secrets({ clientPassword: { change: "remove" } })).toEqual({ clientPassword: null });
    expect(secrets({ auth: "passthrough", clientPassword: { change: "set", text: "x" } })).toEqual({});
  });

  it("asks for no credential of its own where clients are who signed in, and asks them nothing where it passes sign-ins on", () => {
    const draft = { ...draftOf(fakeConnection), identity: "sign-in", clientUser: "" } as const;
    expect(readDraft(draft)).toMatchObject({ ok: true, connection: { identity: "sign-in", clientUser: null } });
    expect(readDraft({ ...draft, auth: "passthrough" })).toMatchObject({ ok: true, connection: { identity: "os-user" } });
  });

  it("gives back an unchanged connection unchanged", () => {
    const listed = { ...fakeConnection, upstreamCompression: "zstd" } as const;
    const read = readDraft(draftOf(listed));
    expect(read).toEqual({ ok: true, connection: connectionSchema.parse(listed), secrets: {} });
  });
});

it("writes IPv6 addresses in brackets", () => {
  expect([hostAndPort("::1", 3307), hostAndPort("127.0.0.1", 3307)]).toEqual(["[::1]:3307", "127.0.0.1:3307"]);
});
