import { expect, it } from "vitest";
import { filledSnippet } from "../../../../renderer/connections/filled-snippet.ts";

it("a snippet gets the password where it goes, and nowhere else", () => {
  expect(filledSnippet('MYSQL_PASSWORD: "PASSWORD"', "a-$&_1")).toBe('MYSQL_PASSWORD: "a-$&_1"');
  expect(filledSnippet("PASSWORD", undefined)).toBe("PASSWORD");
});
