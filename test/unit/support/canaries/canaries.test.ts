import { expect, it } from "vitest";
import { canaryOf, formsOf } from "../../../support/canaries/canary.ts";
import { findCanaries, textPlace } from "../../../support/canaries/places.ts";

const canary = canaryOf("a door");

it.each([0, 1, 2, 3, 4])("a secret is found within base64 of what has %i bytes before it, and any after it", (before) => {
  for (let after = 0; after < 4; after += 1) {
    const bytes = Buffer.concat([Buffer.alloc(before, 0xa5), Buffer.from(canary.text), Buffer.alloc(after, 0x5a)]);
    for (const encoding of ["base64", "base64url"] as const) {
      const forms = findCanaries([canary], [textPlace("there", bytes.toString(encoding))]).map(({ form }) => form);
      expect(forms.some((form) => form.startsWith("base64"))).toBe(true);
    }
  }
});

it.each([
  ["in a URL", encodeURIComponent(canary.text)],
  ["in JSON", JSON.stringify({ a: canary.text })],
  ["in JSON in JSON", JSON.stringify({ a: JSON.stringify({ b: canary.text }) })],
  ["UTF-16", Buffer.from(canary.text, "utf16le")],
  ["hex", Buffer.from(canary.text).toString("hex")],
])("a secret is found %s", (form, content) => {
  expect(findCanaries([canary], [{ name: "there", content: Buffer.from(content) }]).map((found) => found.form)).toContain(form);
});

it("digests are looked for where they are as good as the secret", () => {
  expect(formsOf(canary).map(({ name }) => name)).toContain("sha1 of sha1 of it hex");
  expect(formsOf(canaryOf("a token", false)).some(({ name }) => name.startsWith("sha"))).toBe(false);
});
