import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OpenPlace } from "../../../../../proxy/identity/answers/answer-place.ts";
import { begunBy, loopbackPlace } from "../../../../../proxy/identity/answers/loopback-listener.ts";
import { redirectAnswer } from "../../../../../proxy/identity/oidc/redirect-answer.ts";
import { assertionAnswer } from "../../../../../proxy/identity/saml/assertion-answer.ts";

const rest = { limitMs: 60_000, signal: new AbortController().signal, turnedAway: () => undefined };
let opened: OpenPlace<unknown>[];

beforeEach(() => {
  opened = [];
});

afterEach(() => {
  for (const place of opened) place.close();
});

/** Where it is not known who began, as on systems that tell no account. */
const nobodyTells = loopbackPlace(begunBy(null));

async function openRedirect(): Promise<OpenPlace<URL>> {
  const place = await nobodyTells.open({ ...redirectAnswer("s-1"), ...rest });
  opened.push(place);
  return place;
}

async function openConsumer(): Promise<OpenPlace<string>> {
  const place = await nobodyTells.open({ ...assertionAnswer(0, () => null), ...rest });
  opened.push(place);
  return place;
}

/** The request that the button of the page sends. */
function pressed(page: string, address: string): Request {
  const [, method = "", action = ""] = /<form method="(\w+)" action="([^"]*)">/.exec(page) ?? [];
  const fields = [...page.matchAll(/name="([^"]*)" value="([^"]*)"/g)].map(([, name = "", value = ""]) => [
    name,
    value.replaceAll("&amp;", "&"),
  ]);
  const url = new URL(action, address);
  if (method === "post") return new Request(url, { method, body: new URLSearchParams(fields) });
  url.search = new URLSearchParams(fields).toString();
  return new Request(url);
}

describe("Where nobody tells who brings an answer", () => {
  it("the person is asked, and nobody is signed in before they said that it was they who began", async () => {
    const place = await openRedirect();
    const address = `${place.address}?code=c%26d&state=s-1`;
    const page = await (await fetch(address)).text();
    expect(page).toContain("Was it you?");
    expect(page).toContain("Go on only where it was you");
    const told = fetch(pressed(page, place.address));
    const { answer, tell } = await place.answer();
    expect(answer.href).toBe(address);
    tell({ title: "Done", message: "You are signed in." });
    expect(await (await told).text()).toContain("You are signed in.");
  });

  it("the person's yes is in no address that could be made before", async () => {
    const [place, other] = [await openRedirect(), await openRedirect()];
    const page = await (await fetch(`${other.address}?code=c&state=s-1`)).text();
    const { search } = new URL(pressed(page, other.address).url);
    for (const query of [search, "?code=c&state=s-1&again", "?code=c&state=s-1&again="]) {
      expect(await (await fetch(`${place.address}${query}`)).text()).toContain("Was it you?");
    }
  });

  it("the person is asked for an assertion too, and for an answer to another sign-in nothing comes of a yes", async () => {
    const consumer = await openConsumer();
    const body = new URLSearchParams({ SAMLResponse: "QUJD", RelayState: "x" });
    const page = await (await fetch(consumer.address, { method: "POST", body })).text();
    const told = fetch(pressed(page, consumer.address));
    const { answer, tell } = await consumer.answer();
    expect(answer).toBe("QUJD");
    tell({ title: "Done", message: "Done." });
    await told;
    const place = await openRedirect();
    const strange = await (await fetch(`${place.address}?code=c&state=other`)).text();
    expect((await fetch(pressed(strange, place.address))).status).toBe(400);
  });
});
