import { beforeEach, expect, it } from "vitest";
import { KnownCredentials, type ProvenIdentity } from "../../../../proxy/relay/known-credentials.ts";
import { credentialOf } from "../../../support/identity/client-credential-of.ts";

let now: number;
let known: KnownCredentials;

beforeEach(() => {
  now = 1000;
  known = new KnownCredentials(() => now);
});

const anna = credentialOf("anna", "password");

function provenBy(id: string, until: number | null = null): ProvenIdentity {
  return { actor: anna.actor, credential: { id, user: anna.user }, until };
}

it("finds a credential by its user name, for its connections only", () => {
  const shops = { ...anna, connections: ["shop"] };
  known.replace([shops, credentialOf("bob", "password")]);
  expect(known.find(anna.user, "shop")).toBe(shops);
  expect(known.find(anna.user, "stock")).toBeNull();
  expect(known.find("anna", "shop")).toBeNull();
  known.replace([]);
  expect(known.find(anna.user, "shop")).toBeNull();
});

it("prefers a good one where an ended one has the same name", () => {
  const ended = { ...anna, id: "ended", ended: "It was revoked." };
  const past = { ...anna, id: "past", until: 1000 };
  known.replace([ended, past, anna]);
  expect(known.find(anna.user, "shop")).toBe(anna);
  known.replace([ended, past]);
  expect(known.find(anna.user, "shop")).toBe(ended);
});

it("knows of what was proven whether it still holds", () => {
  known.replace([{ ...anna, until: 2000 }]);
  expect(known.whyOver(provenBy(anna.id, 2000))).toBeNull();
  now = 2000;
  expect(known.whyOver(provenBy(anna.id, 2000))).toContain("has ended");
  known.replace([{ ...anna, until: 3000 }]);
  expect(known.whyOver(provenBy(anna.id, 2000))).toBeNull();
  known.replace([{ ...anna, ended: "You signed out." }]);
  expect(known.whyOver(provenBy(anna.id))).toBe("You signed out.");
  known.replace([]);
  expect(known.whyOver(provenBy(anna.id))).toContain("was revoked");
});

it("knows of a token's identity until when it holds, and whether it was ended", () => {
  expect(known.whyOver(provenBy("token:one", 2000))).toBeNull();
  known.end(["token:one"], "The machine was revoked.");
  expect(known.whyOver(provenBy("token:one", 2000))).toBe("The machine was revoked.");
  expect(known.whyOver(provenBy("token:two", 2000))).toBeNull();
  now = 2000;
  expect(known.whyOver(provenBy("token:two", 2000))).toContain("has ended");
});

it("remembers a bounded number of ends", () => {
  for (let count = 0; count < 2000; count += 1) known.end([`token:${count}`], "over");
  expect(known.whyOver(provenBy("token:999"))).toBeNull();
  expect(known.whyOver(provenBy("token:1000"))).toBe("over");
});
