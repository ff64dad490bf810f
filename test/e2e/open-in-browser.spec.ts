/** The browser that Stenograph opens by itself gets in, and nobody else on the machine can read how. */
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "../support/renderer/watched-page.ts";
import { startStenograph, temporaryDirectory } from "../support/stenograph.ts";

/** Stands in for the desktop's `xdg-open`: leaves its whole command line in a file. */
const opener = `#!/bin/sh
tr '\\0' '\\n' < "/proc/$$/cmdline" > "$OPENED.part"
mv "$OPENED.part" "$OPENED"
`;

test("a page in a private file leads the browser in, and is removed once it was used", async ({ page, context, faults }) => {
  using directory = temporaryDirectory();
  const opened = join(directory.path, "opened");
  const program = join(directory.path, "xdg-open");
  writeFileSync(program, opener);
  chmodSync(program, 0o755);
  const environment = { DISPLAY: ":77", OPENED: opened, PATH: `${directory.path}:${process.env.PATH}` };
  await using running = await startStenograph(["serve", "--data", join(directory.path, "data")], environment);
  const { url } = running.first as unknown as { readonly url: string };
  await expect.poll(() => existsSync(opened)).toBe(true);

  const token = new URL(url).searchParams.get("token") ?? "";
  const commandLine = readFileSync(opened, "utf8").trimEnd().split("\n");
  const address = commandLine.at(-1) ?? "";
  expect(token).not.toBe("");
  expect(commandLine.join(" ")).not.toContain(token);
  const file = fileURLToPath(address);
  expect(readFileSync(file, "utf8")).toContain(token);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);

  await page.goto(address);
  await expect(page.getByRole("heading", { name: "Nothing to record yet" })).toBeVisible();
  const { port } = new URL(url);
  // The screen's name is behind it; the token is not.
  expect(page.url().split("#")[0]).toBe(`http://127.0.0.1:${port}/`);
  expect(await context.cookies()).toMatchObject([{ name: `stenograph-${port}`, httpOnly: true, sameSite: "Strict" }]);
  expect(existsSync(dirname(file))).toBe(false);
  await page.reload();
  await expect(page.getByText("Recording", { exact: true })).toBeVisible();
  await page.close();
  faults.length = 0;
});
