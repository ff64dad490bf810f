/** Everything can be done without a pointer. */
import { type FakePage, serveFakePage } from "../support/renderer/serve-fake-page.ts";
import { expect, test } from "../support/renderer/watched-page.ts";

let served: FakePage;

test.beforeAll(async () => {
  served = await serveFakePage();
});

test.afterAll(() => served.close());

test("the list is walked, a statement is opened, its cells are reached, and all is closed again", async ({ page }) => {
  await page.goto(served.address);
  const list = page.getByRole("grid", { name: "Statements of all sessions" });
  await expect(list.getByRole("row").nth(3)).toBeVisible();
  await list.focus();
  await page.keyboard.press("End");
  await expect(list.locator('[aria-selected="true"]')).toHaveAttribute("aria-rowindex", "4001");
  await page.keyboard.press("k");
  await page.keyboard.press("ArrowUp");
  await expect(list.locator('[aria-selected="true"]')).toHaveAttribute("aria-rowindex", "3999");
  await page.keyboard.press("Home");
  await expect(list.locator('[aria-selected="true"]')).toHaveAttribute("aria-rowindex", "2");
  await expect(page).toHaveURL(/#\/live\?at=.*%2F1$/);
  const active = await list.getAttribute("aria-activedescendant");
  await expect(page.locator(`[id="${active}"]`)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page.locator(".monaco-editor")).toBeVisible();
  await list.focus();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("region", { name: "Statement", exact: true })).toHaveCount(0);
});

test("the filter, the palette, the panes and the sheet of shortcuts have keys", async ({ page }) => {
  await page.goto(served.address);
  await expect(page.getByRole("row").nth(3)).toBeVisible();
  await page.keyboard.press("Control+f");
  await expect(page.getByRole("combobox", { name: "Filter" })).toBeFocused();
  await page.keyboard.type("is:fail");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("combobox", { name: "Filter" })).toHaveValue("is:failed");
  await expect(page).toHaveURL(/filter=is%3Afailed/);
  await page.keyboard.press("F6");
  await expect(page.getByRole("grid")).toBeFocused();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("dark theme");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await expect(page.getByRole("heading", { name: "Sessions" })).toBeVisible();
});

test("following is suspended by scrolling up, counts what arrived, and resumes at the end", async ({ page }) => {
  await page.goto(`${served.address}?arrivals=40`);
  const follow = page.getByRole("button", { name: /Follow/ });
  await expect(follow).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("grid").hover();
  await page.mouse.wheel(0, -2_000);
  await expect(follow).toHaveAttribute("aria-pressed", "false");
  await expect(follow).toContainText(/\d+ new/);
  await follow.click();
  await expect(follow).toHaveAttribute("aria-pressed", "true");
  await expect(follow).not.toContainText("new");
});

test("another filter counts nothing as new that was there before, also while a statement is open", async ({ page }) => {
  await page.goto(`${served.address}?delay=50`);
  await page.getByRole("gridcell", { name: "deploy" }).last().click();
  await expect(page.getByRole("region", { name: "Statement", exact: true })).toBeVisible();
  await page.getByRole("combobox", { name: "Filter" }).fill("is:failed");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/filter=is%3Afailed/);
  await expect(page.getByRole("row").nth(3)).toBeVisible();
  await expect(page.getByRole("button", { name: /^Follow/ })).toHaveText("Follow");
});

test("what was arranged is there after a reload: theme, columns, filter, selection", async ({ page }) => {
  await page.goto(`${served.address}#/live?filter=is%3Afailed`);
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Bytes" }).click();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("columnheader", { name: "Bytes" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("columnheader", { name: "Bytes" })).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Filter" })).toHaveValue("is:failed");
});

test("a right click on a cell narrows the filter to what is alike, or hides it", async ({ page }) => {
  await page.goto(served.address);
  await page.getByRole("gridcell", { name: "deploy" }).last().click({ button: "right" });
  await page.getByRole("menuitem", { name: "Show only actor:deploy" }).click();
  await expect(page.getByRole("combobox", { name: "Filter" })).toHaveValue("actor:deploy");
});
