import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const css = readFileSync(fileURLToPath(new URL("../../../../renderer/styles/tokens.css", import.meta.url)), "utf8");

/** The colours of a theme's block, by token. */
function coloursOf(theme: "light" | "dark"): ReadonlyMap<string, string> {
  const block = css.slice(css.indexOf(`:root[data-theme="${theme}"] {`)).split("}")[0] ?? "";
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, token = "", colour = ""]) => [token, colour]));
}

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((place) => {
    const share = Number.parseInt(colour.slice(place, place + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const grounds = ["paper", "desk", "raised", "hover", "accent-wash"];
const inks = ["ink", "ink-2", "ink-3", "ok", "sql-comment", "sql-keyword", "sql-string", "sql-number", "sql-parameter"];
const pairs: readonly (readonly [text: string, ground: string])[] = [
  ...inks.flatMap((ink) => grounds.map((ground) => [ink, ground] as const)),
  ...["paper", "desk", "raised", "hover"].map((ground) => ["accent", ground] as const),
  ["sql-comment", "error-wash"],
  ["accent", "accent-wash"],
  ["accent-ink", "accent"],
  ["danger-ink", "danger-fill"],
  ...["error", "aborted", "denied"].flatMap((outcome) => [
    [outcome, `${outcome}-wash`] as const,
    [outcome, "paper"] as const,
    ["ink", `${outcome}-wash`] as const,
  ]),
];

describe.each(["light", "dark"] as const)("the %s theme", (theme) => {
  const colours = coloursOf(theme);

  it.each(pairs)("shows %s on %s with a contrast of at least 4.5 to 1", (text, ground) => {
    const [one, other] = [colours.get(text), colours.get(ground)];
    if (one === undefined || other === undefined) throw new Error(`no colour ${text} or ${ground}`);
    expect(contrast(one, other)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(["paper", "raised", "desk"])("shows the edges of fields and the focus on %s with a contrast of at least 3 to 1", (ground) => {
    for (const edge of ["line-field", "focus"]) {
      expect(contrast(colours.get(edge) ?? "", colours.get(ground) ?? "")).toBeGreaterThanOrEqual(3);
    }
  });
});
