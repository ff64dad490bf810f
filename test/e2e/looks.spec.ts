/** Every screen in both themes and two sizes, over a fake core with much to show; the pictures are there to be looked at. */
import type { Page } from "@playwright/test";
import { type FakePage, serveFakePage } from "../support/renderer/serve-fake-page.ts";
import { expect, picture, rowWith, test } from "../support/renderer/watched-page.ts";

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

const session = "0198c1f4-7b2e-7000-8000-000000000001";

const looks: readonly Look[] = [
  { name: "live", address: "?arrivals=5", show: async (page) => expect(rowWith(page, "SELECT")).toBeVisible() },
  {
    name: "statement",
    address: "",
    show: async (page) => {
      await rowWith(page, "SUM(total)").click();
      await expect(page.locator(".monaco-editor .mtk1").first()).toBeVisible();
      await expect(page.getByRole("gridcell", { name: "Schubkarre" }).first()).toBeVisible();
      await page.getByRole("gridcell", { name: "Schubkarre" }).first().click();
    },
  },
  {
    name: "error",
    address: "",
    show: async (page) => {
      await rowWith(page, "emial").click();
      await expect(page.getByText("(42S22)")).toBeVisible();
      await page.getByRole("tab", { name: "Timings" }).click();
      await expect(page.getByText("Last byte")).toBeVisible();
    },
  },
  {
    name: "filter-error",
    address: "",
    show: async (page) => {
      await page.getByRole("combobox", { name: "Filter" }).fill("actor:maria colour:red");
      await expect(page.getByRole("alert")).toContainText("There is no field called “colour”");
    },
  },
  { name: "sessions", address: "#/sessions", show: async (page) => expect(rowWith(page, "open")).toBeVisible() },
  {
    name: "session",
    address: `?statements=300#/sessions/${session}`,
    show: async (page) => expect(rowWith(page, "SELECT")).toBeVisible(),
  },
  {
    name: "connection",
    address: "#/connections/shop",
    show: async (page) => {
      await page.getByRole("button", { name: "Test", exact: true }).click();
      await expect(page.getByText("accepted the sign-in")).toBeVisible();
    },
  },
  {
    name: "connection-new",
    address: "#/connections/new",
    show: async (page) => {
      await page.getByRole("button", { name: "Add connection" }).last().click();
      await expect(page.getByText("Give the connection a name")).toBeVisible();
    },
  },
  { name: "empty", address: "?statements=0", show: async (page) => expect(page.getByText("Waiting for the first client")).toBeVisible() },
  {
    name: "failing",
    address: "?failing",
    show: async (page) => expect(page.getByRole("alert")).toContainText("Recording is failing; traffic is refused. The disk is full"),
  },
  {
    name: "palette",
    address: "",
    show: async (page) => {
      await expect(rowWith(page, "SELECT")).toBeVisible();
      await page.keyboard.press("Control+k");
      await expect(page.getByRole("dialog")).toBeVisible();
    },
  },
];

const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
] as const;

// Each is shown once: the page follows the window's size and the system's theme.
for (const look of looks) {
  test(look.name, async ({ page }) => {
    test.slow();
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize(sizes[0]);
    await page.goto(served.address + look.address);
    await look.show(page);
    for (const theme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
      for (const size of sizes) {
        await page.setViewportSize(size);
        await picture(page, `${look.name}-${theme}-${size.width}`);
      }
    }
  });
}
