import { describe, expect, it } from "vitest";
import { hasDisplay, openerOf } from "../../../../proxy/setup/open-in-browser.ts";
import { othersEnvironment } from "../../../../proxy/setup/others-environment.mjs";

describe("opening a browser", () => {
  it.each([
    ["darwin", {}, ["open"]],
    ["win32", {}, ["rundll32", "url.dll,FileProtocolHandler"]],
    ["linux", { DISPLAY: ":0" }, ["xdg-open"]],
    ["linux", { WAYLAND_DISPLAY: "wayland-0" }, ["xdg-open"]],
  ] as const)("uses the platform's own program on %s", (platform, environment, expected) => {
    expect(openerOf(platform, environment)).toEqual(expected);
  });

  it("is not tried without a display, where a text browser would take the terminal over", () => {
    expect(openerOf("linux", {})).toBeNull();
    expect(openerOf("linux", { DISPLAY: "" })).toBeNull();
    expect(hasDisplay("linux", {})).toBe(false);
  });
});

it("programs of others are told nothing that is meant for us alone", () => {
  const environment = { PATH: "/bin", DISPLAY: ":0", STENOGRAPH_PASSPHRASE: "secret", NODE_OPTIONS: "" };
  expect(othersEnvironment(environment)).toEqual({ PATH: "/bin", DISPLAY: ":0", NODE_OPTIONS: "" });
});
