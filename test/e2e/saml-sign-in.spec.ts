/** A real browser brings a SAML provider's answer to this machine, and the person reads there how it ended. */
import type { Page } from "@playwright/test";
import type { IdentitySettings } from "../../proxy/identity/identity-settings.ts";
import type { SignIn } from "../../proxy/identity/sign-in.ts";
import { SignIns } from "../../proxy/identity/sign-ins.ts";
import { failureOf } from "../../proxy/model/failure.ts";
import { expect, picture, test } from "../support/renderer/watched-page.ts";
import { SamlProvider, type SignInQuestion } from "../support/saml/saml-provider.ts";
import { startSamlSite } from "../support/saml/saml-site.ts";
import { temporaryDirectory } from "../support/stenograph.ts";

/** Signs in with `page` as the person's browser; what it shows at the end stays there. */
async function signInWith(page: Page, answer: (provider: SamlProvider, question: SignInQuestion) => string): Promise<SignIn> {
  using directory = temporaryDirectory();
  const provider = await SamlProvider.make();
  await using site = await startSamlSite(provider, (question) => answer(provider, question));
  const settings: IdentitySettings = {
    provider: provider.settings({ entryPoint: site.entryPoint }),
    roles: [{ group: "dba", role: "admin" }],
    endOpenSessions: { kind: "at-once" },
  };
  const signIns = new SignIns({ dataDirectory: directory.path, settings: () => settings, log: () => undefined });
  try {
    const open = async (url: string): Promise<void> => {
      await page.goto(url);
      await page.getByRole("button", { name: "Sign in as Anna" }).click({ noWaitAfter: true });
    };
    return await signIns.begin({ open });
  } finally {
    signIns.close();
  }
}

test("the person that the provider vouches for is signed in, and told so", async ({ page }) => {
  const signIn = await signInWith(page, (provider, question) => provider.answer(question));
  expect(signIn).toMatchObject({
    actor: { name: "Anna Ärlig & Co", via: "saml", authenticated: true },
    roles: ["admin"],
    keyBinding: null,
  });
  await expect(page.getByRole("heading", { name: "You are signed in as Anna Ärlig & Co" })).toBeVisible();
  await expect(page.getByText("Close this page and go back to Stenograph.")).toBeVisible();
  await picture(page, "saml-signed-in");
});

test("a person whose assertion is not accepted is told why, and what to do", async ({ page }) => {
  const failed = signInWith(page, (provider, question) => provider.answer(question, { audience: "urn:other" }));
  const message = await failed.then(
    () => "signed in",
    (thrown: unknown) => failureOf(thrown).message,
  );
  expect(message).toContain("was made for another program");
  await expect(page.getByRole("heading", { name: "You are not signed in" })).toBeVisible();
  await expect(page.getByText(message)).toBeVisible();
});
