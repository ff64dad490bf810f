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

/** What strains the look: shown once each, in the theme and the window that strain it most. */
interface Strain extends Look {
  readonly theme: "light" | "dark";
  readonly size: { readonly width: number; readonly height: number };
  /** Device pixels per CSS pixel. */
  readonly scale?: number;
}

const small = { width: 1024, height: 640 };
const large = { width: 1920, height: 1080 };

/** Opens the statement of the extreme ones that holds `text`. */
async function openStatement(page: Page, text: string): Promise<void> {
  await rowWith(page, text).click();
  await expect(page.getByRole("region", { name: "Statement", exact: true })).toHaveAttribute("aria-busy", "false");
}

const strains: readonly Strain[] = [
  {
    name: "no-device-log",
    address: "?no-device-log",
    theme: "light",
    size: small,
    show: async (page) =>
      expect(page.getByRole("alert")).toContainText("not entered in the device log. The device log cannot be written: ENOSPC"),
  },
  {
    name: "small-live",
    address: "?extremes",
    theme: "light",
    size: small,
    show: async (page) => expect(rowWith(page, "gnp")).toBeVisible(),
  },
  {
    name: "small-wide-result",
    address: "?extremes",
    theme: "light",
    size: small,
    show: async (page) => {
      await openStatement(page, "200 columns");
      await expect(page.getByRole("gridcell", { name: "NULL" }).first()).toBeVisible();
    },
  },
  {
    name: "large-wide-result",
    address: "?extremes",
    theme: "dark",
    size: large,
    show: async (page) => {
      await openStatement(page, "200 columns");
      await expect(page.getByRole("gridcell", { name: "NULL" }).first()).toBeVisible();
    },
  },
  {
    name: "long-error",
    address: "?extremes",
    theme: "light",
    size: small,
    show: async (page) => {
      await openStatement(page, "SELECT FROM WHERE");
      await expect(page.getByText("(42000)")).toBeVisible();
    },
  },
  {
    name: "long-sql",
    address: "?extremes",
    theme: "dark",
    size: large,
    scale: 2,
    show: async (page) => {
      await openStatement(page, "column_0");
      await expect(page.locator(".monaco-editor .mtk1").first()).toBeVisible();
    },
  },
  {
    name: "cut-off",
    address: "?extremes",
    theme: "dark",
    size: small,
    show: async (page) => {
      await openStatement(page, "gnp");
      await expect(page.getByText("Something of this statement is not in the recording.")).toBeVisible();
      await page.getByRole("tab", { name: "Facts" }).click();
    },
  },
  {
    name: "small-session",
    address: `?statements=300#/sessions/${session}`,
    theme: "dark",
    size: small,
    show: async (page) => expect(rowWith(page, "SELECT")).toBeVisible(),
  },
  {
    name: "small-connection",
    address: "#/connections/shop",
    theme: "light",
    size: small,
    show: async (page) => expect(page.getByRole("heading", { name: "Shop, staging" })).toBeVisible(),
  },
  {
    name: "empty-session",
    address: `?statements=0#/sessions/${session}`,
    theme: "light",
    size: small,
    show: async (page) => expect(page.getByRole("heading", { name: "No statement was recorded" })).toBeVisible(),
  },
  {
    name: "no-matches",
    address: "?statements=0#/live?filter=is%3Afailed",
    theme: "dark",
    size: small,
    show: async (page) => expect(page.getByRole("button", { name: "Clear the filter" }).first()).toBeVisible(),
  },
  {
    name: "shortcuts",
    address: "",
    theme: "light",
    size: small,
    show: async (page) => {
      await expect(rowWith(page, "SELECT")).toBeVisible();
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
    },
  },
  {
    name: "suggestions",
    address: "",
    theme: "dark",
    size: small,
    show: async (page) => {
      await page.getByRole("combobox", { name: "Filter" }).pressSequentially("is:failed d");
      await expect(page.getByRole("listbox", { name: "Fields" })).toBeVisible();
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

for (const { name, address, theme, size, scale = 1, show } of strains) {
  test(`strained: ${name}`, async ({ browser }) => {
    const page = await browser.newPage({ viewport: size, deviceScaleFactor: scale, colorScheme: theme });
    const faults: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
    });
    page.on("pageerror", (error) => faults.push(error.message));
    await page.goto(served.address + address);
    await show(page);
    await picture(page, `strained-${name}`);
    // Nothing is wider than the window.
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(size.width);
    await page.close();
    expect(faults).toEqual([]);
  });
}
