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
    show: async (page) => expect(page.getByRole("link", { name: "Open the sign-in page" })).toBeVisible(),
  },
  {
    name: "account",
    address: "?person=dba#/account",
    show: async (page) => {
      await expect(page.getByRole("heading", { name: "Claims received" })).toBeVisible();
      const signIns = page.getByRole("region", { name: "Signed in here now" }).getByRole("row");
      await expect(signIns.filter({ hasText: "Dana Beck" }).filter({ hasText: "here" }).getByRole("button")).toHaveCount(0);
      await expect(signIns.filter({ hasText: "Ines Duarte" }).getByRole("button", { name: "End" })).toBeVisible();
    },
  },
  {
    name: "account-end-sign-in",
    address: "?person=dba#/account",
    show: async (page) => {
      await page.getByRole("row").filter({ hasText: "Ines Duarte" }).getByRole("button", { name: "End" }).click();
      await expect(page.getByRole("alertdialog")).toContainText("End the sign-in of Ines Duarte?");
    },
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
    address: "?person=approver#/sessions",
    show: async (page) => expect(page.getByRole("heading", { name: "Not for your roles" })).toBeVisible(),
  },
  {
    name: "approver",
    address: "?person=approver",
    show: async (page) => {
      await expect(page.getByRole("heading", { name: "Your roles" })).toBeVisible();
      await expect(page.getByText("Will decide what waits for approval.")).toBeVisible();
      await expect(page).toHaveURL(/#\/account$/);
    },
  },
  {
    name: "credential",
    address: "?person=dba#/connections/shop",
    show: async (page) => {
      await page.getByRole("button", { name: "Create my credential" }).click();
      await expect(page.getByText("shown this once")).toBeVisible();
      await page.getByRole("tab", { name: "Node (mysql2)" }).click();
      const snippet = page.getByRole("tabpanel");
      await expect(snippet).toContainText("dana-beck-k7mq2x");
      await expect(snippet).toContainText("Zq3vYt8LwN1cRk5BpX0aHs7JdUe4MgTi");
    },
  },
  {
    name: "connection-read",
    address: "?person=auditor#/connections/shop",
    show: async (page) => {
      await expect(page.getByText("Changing it needs the role admin, which you do not have.")).toBeVisible();
      await expect(page.getByRole("button", { name: /Start|Stop|Remove|Add connection|Save/ })).toHaveCount(0);
    },
  },
  {
    name: "settings",
    address: "?person=dba#/settings",
    show: async (page) => {
      await expect(page.getByLabel("Issuer")).toHaveValue("https://id.example.com/realms/shop");
      await page.getByRole("button", { name: "Test", exact: true }).click();
      await expect(page.getByText("answers and offers sign-in")).toBeVisible();
    },
  },
  {
    name: "settings-saml-errors",
    address: "?person=nobody#/settings",
    show: async (page) => {
      await page.getByLabel("People sign in by").selectOption("saml");
      await page.getByRole("button", { name: "Add a group" }).click();
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await expect(page.getByText("Some settings cannot be used")).toBeVisible();
    },
  },
  {
    name: "settings-none",
    address: "?person=nobody#/settings",
    show: async (page) => expect(page.getByText("Nobody signs in here yet")).toBeVisible(),
  },
  {
    name: "machines",
    address: "?person=auditor#/machines/m-3",
    show: async (page) => expect(page.getByRole("heading", { name: "desk assistant" })).toBeVisible(),
  },
  {
    name: "machine-told",
    address: "?person=dba#/machines",
    show: async (page) => {
      await page.getByRole("button", { name: "Rotate secret" }).click();
      await page.getByRole("alertdialog").getByRole("button", { name: "Rotate secret" }).click();
      await expect(page.getByText("shown this once")).toBeVisible();
    },
  },
  {
    name: "machine-new",
    address: "?person=dba#/machines/new",
    show: async (page) => {
      await page.getByRole("button", { name: "Register machine" }).last().click();
      await expect(page.getByText("Give the machine a name")).toBeVisible();
    },
  },
  {
    name: "session-of-machine",
    address: "?person=auditor&statements=300#/sessions/0198c1f4-7b2e-7000-8000-000000000002",
    show: async (page) => expect(page.getByText("machine of Ravi Menon").first()).toBeVisible(),
  },
  {
    name: "live-actors",
    address: "?person=dba",
    show: async (page) => expect(page.getByRole("row").nth(4)).toBeVisible(),
  },
];

const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
] as const;

for (const look of looks) {
  test(look.name, async ({ page }) => {
    test.slow();
    await page.setViewportSize(sizes[0]);
    await page.goto(served.address + look.address);
    await look.show(page);
    for (const theme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
      for (const size of sizes) {
        await page.setViewportSize(size);
        await picture(page, `identity-${look.name}-${theme}-${size.width}`);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(size.width);
      }
    }
  });
}
