import { mountWorkstation } from "../../../../renderer/shell/mount.tsx";
import type { FakePerson } from "../fake-identity.ts";
import { FakeWorkstation, fakeConnection } from "../fake-workstation.ts";

const query = new URLSearchParams(window.location.search);
const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element #root");
const person = (query.get("person") ?? "nobody") as FakePerson;
const connection = person === "nobody" ? fakeConnection : { ...fakeConnection, identity: "sign-in" as const, clientUser: null };
const fake = new FakeWorkstation({
  statements: Number(query.get("statements") ?? 4_000),
  arrivals: Number(query.get("arrivals") ?? 0),
  delayMs: Number(query.get("delay") ?? 0),
  extremes: query.has("extremes"),
  person,
  connections: query.has("unconnected") ? [] : [connection],
  deviceLog: query.has("no-device-log")
    ? {
        state: "failing",
        message:
          "The device log cannot be written: ENOSPC: no space left on device, write. It is tried again by itself; recording goes on.",
      }
    : { state: "writing" },
  recording: query.has("failing") ? { state: "failing", message: "The disk is full: free some space on /home." } : { state: "recording" },
});
mountWorkstation(root, fake.open);
