/** The demo as somebody tries it: the window asks for a sign-in, the provider's page tells whose, and the auditor sees everybody. */
import { expect, picture, test } from "../support/renderer/watched-page.ts";
import { startStenograph } from "../support/stenograph.ts";

test("the demo asks who one is, tells of its people, and shows the auditor who ran what", async ({ page, context }) => {
  const demo = await startStenograph(["demo", "--no-open"]);
  try {
    const { url } = demo.first as unknown as { readonly url: string };
    await page.goto(url);
    await expect(page.getByRole("heading", { name: "Sign in to Stenograph" })).toBeVisible();
    const opened = context.waitForEvent("page");
    await page.getByRole("button", { name: "Sign in" }).click();

    const provider = await opened;
    const auditor = provider.getByRole("row").filter({ hasText: "Ines Duarte" });
    const [user, password] = [auditor.getByRole("cell").nth(0), auditor.getByRole("cell").nth(1)];
    await picture(provider, "demo-sign-in");
    await provider.getByLabel("User name").fill(await user.innerText());
    await provider.getByLabel("Password").fill(await password.innerText());
    await provider.getByRole("button", { name: "Sign in" }).click();
    await expect(provider.getByText("You are signed in as Ines Duarte")).toBeVisible();
    await picture(provider, "demo-consent");
    await provider.getByRole("button", { name: "Allow" }).click();
    await expect(provider.getByRole("heading", { name: "You are signed in as Ines Duarte" })).toBeVisible();
    await provider.close();

    await page
      .getByRole("link", { name: "Sessions" })
      .or(page.getByRole("button", { name: "Sessions" }))
      .first()
      .click();
    const sessions = page.getByRole("grid").first();
    for (const actor of ["web shop", "desk assistant", "Dana Beck"])
      await expect(sessions.getByText(actor).first()).toBeVisible({ timeout: 20_000 });
    await picture(page, "demo-sessions");
    await page.close();
  } finally {
    await demo.end("SIGINT");
  }
});
