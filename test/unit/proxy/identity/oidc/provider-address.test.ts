import { describe, expect, it } from "vitest";
import { checkedAddress } from "../../../../../proxy/identity/oidc/provider-address.ts";

describe("A provider's address", () => {
  it.each([
    "https://id.example",
    "https://id.example:8443/realms/one",
    "http://127.0.0.1:3000",
    "http://127.8.0.1",
    "http://localhost:3000/x",
    "http://[::1]:3000",
    "http://2130706433/",
  ])("is used: %s", (address) => {
    expect(checkedAddress(address, "it").href).toBe(new URL(address).href);
  });

  it.each([
    "http://id.example",
    "http://127.0.0.1.example",
    "http://localhost.example",
    "http://10.0.0.1",
    "http://[::2]",
    "ftp://127.0.0.1",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https://anna:secret@id.example",
    "",
    "nonsense",
  ])("is refused: %s", (address) => {
    expect(() => checkedAddress(address, "the issuer")).toThrow("The identity provider cannot be used: the issuer");
  });

  it("keeps a password in it out of the sentence", () => {
    expect(() => checkedAddress("https://anna:secret@id.example", "the issuer")).toThrow(/^(?!.*secret).*$/);
  });
});
