import { describe, expect, it } from "vitest";
import { consentPage } from "../../../../../proxy/demo/identity-provider/pages/consent-page.ts";
import { deviceConfirmPage } from "../../../../../proxy/demo/identity-provider/pages/device-pages.ts";
import { errorPage } from "../../../../../proxy/demo/identity-provider/pages/message-pages.ts";
import { signInPage } from "../../../../../proxy/demo/identity-provider/pages/sign-in-page.ts";

const markup = `"><img src=x onerror='alert(1)'>&`;
const person = { subject: markup, user: markup, password: markup, name: markup, email: markup, groups: [], title: markup };

describe("the identity provider's pages", () => {
  it.each([
    ["sign-in", signInPage({ application: markup, user: markup, failed: true, people: [person] })],
    ["consent", consentPage({ application: markup, name: markup, scopes: [markup] })],
    ["device", deviceConfirmPage("<form></form>", markup)],
    ["error", errorPage({ error: markup, error_description: markup })],
  ])("show text as text: %s", (_name, page) => {
    expect(page).not.toContain("<img");
    expect(page).toContain("&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;");
  });

  it("say of every field what it is, and of a failure that it is one", () => {
    const page = signInPage({ application: "Stenograph", user: "", failed: true, people: [] });
    expect(page).toMatch(/<label>User name <input name="user"/);
    expect(page).toMatch(/<label>Password <input name="password" type="password"/);
    expect(page).toContain('<p role="alert">The user name or the password is wrong. Try again.</p>');
    expect(page).toContain('<html lang="en">');
  });

  it("put the cursor where the person types next", () => {
    const page = (user: string) => signInPage({ application: "Stenograph", user, failed: user !== "", people: [] });
    expect(/<input name="(\w+)"[^>]*autofocus/.exec(page(""))?.[1]).toBe("user");
    expect(/<input name="(\w+)"[^>]*autofocus/.exec(page("dana"))?.[1]).toBe("password");
  });
});
