/** The screens of identity, over a fake core; the pictures are there to be looked at. */
import type { Page } from "@playwright/test";
import { type FakePage, serveFakePage } from "../support/renderer/serve-fake-page.ts";
import { expect, picture, test } from "../support/renderer/watched-page.ts";

let served: FakePage;

test.beforeAll(async () => {
  served = await serveFakePage();
});

test.afterAll(() => served.close());

interface Look {
  readonly name: string;
  readonly address: string;
  readonly show: (page: Page) => Promise<void>;
}

const looks: readonly Look[] = [
  {
    name: "sign-in",
    address: "?person=signed-out",
    show: async (page) => expect(page.getByRole("button", { name: "Sign in" })).toBeVisible(),
  },
  {
    name: "sign-in-refused",
    address: "?person=refused",
    show: async (page) => expect(page.getByRole("alert")).toContainText("cannot be reached"),
  },
  {
    name: "signing-in",
    address: "?person=signing-in",
    show: async (page) => expect(page.getByRole("link", { name: "Open the page again" })).toBeVisible(),
  },
  {
    name: "account",
    address: "?person=dba#/account",
    show: async (page) => expect(page.getByRole("heading", { name: "Claims received" })).toBeVisible(),
  },
  {
    name: "account-without-roles",
    address: "?person=nobody-special#/account",
    show: async (page) => expect(page.getByText("None of your groups has a role here")).toBeVisible(),
  },
  {
    name: "account-unproven",
    address: "?person=nobody#/account",
    show: async (page) => expect(page.getByText("Nobody signs in here")).toBeVisible(),
  },
  {
    name: "not-allowed",
    address: "?person=approver",
    show: async (page) => expect(page.getByRole("heading", { name: "Not for your roles" })).toBeVisible(),
  },
  {
    name: "live-actors",
    address: "?person=dba",
    show: async (page) => expect(page.getByRole("row").nth(4)).toBeVisible(),
  },
];

for (const look of looks) {
  test(look.name, async ({ page }) => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(served.address + look.address);
    await look.show(page);
    for (const theme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
      await picture(page, `identity-${look.name}-${theme}`);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1280);
  });
}
