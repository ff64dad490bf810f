import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { registerPageScheme, servePage } from "../../../electron/page-protocol.ts";
import { StaticFiles } from "../../../proxy/api/static-files.ts";
import * as fake from "../../support/electron/fake-electron.ts";

vi.mock("electron", () => import("../../support/electron/fake-electron.ts"));

const directory = mkdtempSync(join(tmpdir(), "stenograph-protocol-"));

beforeAll(async () => {
  const page = join(directory, "renderer");
  mkdirSync(page);
  writeFileSync(join(page, "index.html"), "<!doctype html>");
  writeFileSync(join(directory, "secret.txt"), "outside");
  registerPageScheme();
  const files = await StaticFiles.open(page);
  if (files !== null) servePage(files);
});

afterAll(() => rmSync(directory, { recursive: true }));

async function get(url: string, method = "GET"): Promise<Response> {
  const handler = fake.protocol.handlers.get("stenograph");
  if (handler === undefined) throw new Error("the scheme is not handled");
  return handler(new Request(url, { method }));
}

describe("the page's scheme", () => {
  it("is standard and secure, and may not go around the content policy", () => {
    expect(fake.protocol.schemes).toEqual([{ scheme: "stenograph", privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
  });

  it("serves the built page with the content policy", async () => {
    const answer = await get("stenograph://workstation/");
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe("<!doctype html>");
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(answer.headers.get("content-security-policy")).toMatch(/^default-src 'none'/);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  });

  it.each([
    "stenograph://workstation/../secret.txt",
    "stenograph://workstation/..%2fsecret.txt",
    "stenograph://elsewhere/",
    "stenograph://workstation/none",
  ])("serves nothing at %s", async (url) => {
    const answer = await get(url);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain("outside");
  });

  it("serves nothing to another method", async () => {
    expect((await get("stenograph://workstation/", "POST")).status).toBe(404);
  });
});
