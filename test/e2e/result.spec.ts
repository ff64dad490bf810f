/** The rows of a result: read cell by cell, and copied. */
import type { Page } from "@playwright/test";
import { type FakePage, serveFakePage } from "../support/renderer/serve-fake-page.ts";
import { expect, picture, rowWith, test } from "../support/renderer/watched-page.ts";

let served: FakePage;

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

test.beforeAll(async () => {
  served = await serveFakePage();
});

test.afterAll(() => served.close());

test.beforeEach(async ({ page }) => {
  await page.goto(served.address);
  await rowWith(page, "ORDER BY price").click();
  await expect(page.getByRole("gridcell", { name: "Schubkarre" }).first()).toBeVisible();
});

const clipboard = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText());

async function copyAs(page: Page, format: string): Promise<string> {
  await page.getByRole("button", { name: "Copy rows" }).click();
  await page.getByRole("menuitem", { name: `Copy as ${format}` }).click();
  await expect(page.getByRole("status").filter({ hasText: "Copied 20 rows." })).toBeVisible();
  return clipboard(page);
}

test("all rows are copied with whole cells, in the format of choice", async ({ page }) => {
  const whole = "Row 0. ".repeat(120);
  const csv = await copyAs(page, "CSV");
  expect(csv.startsWith("id,name,price,")).toBe(true);
  expect(csv).toContain(whole);

  const json = JSON.parse(await copyAs(page, "JSON")) as { readonly id: unknown; readonly description: string }[];
  expect(json).toHaveLength(20);
  expect(json[0]?.description).toBe(whole);

  expect(await copyAs(page, "SQL (INSERT)")).toContain("INSERT INTO `products`");
  expect((await copyAs(page, "Markdown")).split("\n")[1]).toMatch(/^\| --/);
});

test("the menu of formats is worked by keyboard", async ({ page }) => {
  await page.getByRole("button", { name: "Copy rows" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Copy as CSV" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: "Copy as JSON" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "Copied 20 rows." })).toBeVisible();
  expect(JSON.parse(await clipboard(page))).toHaveLength(20);
});

test("a cell that is cut in the grid is shown and copied whole beside it, bytes as a hex dump", async ({ page }) => {
  const result = page.getByRole("grid", { name: "Rows of the result" });
  await result.getByRole("row").nth(1).getByRole("gridcell").nth(1).click();
  await page.keyboard.press("Enter");
  const nameCell = page.getByRole("region", { name: "Cell name of row 1" });
  await expect(nameCell).toContainText("Garden hose");

  await result.getByRole("row").nth(1).getByRole("gridcell").nth(6).click();
  const cell = page.getByRole("region", { name: "Cell description of row 1" });
  await expect(cell).toContainText("840 B");
  await expect(cell.locator("pre")).toHaveText("Row 0. ".repeat(120));
  await cell.getByRole("button", { name: "Copy the whole cell" }).click();
  await expect.poll(() => clipboard(page)).toBe("Row 0. ".repeat(120));
  await picture(page, "cell");

  await result.getByRole("row").nth(1).getByRole("gridcell").nth(5).click();
  await expect(page.getByRole("region", { name: "Cell fingerprint of row 1" }).locator("pre")).toContainText("00 11 22 33");
  await page.getByRole("button", { name: "Close the cell" }).click();
  await expect(page.getByRole("region", { name: /^Cell/ })).toHaveCount(0);
});
