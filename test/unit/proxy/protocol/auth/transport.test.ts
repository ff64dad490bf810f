import { expect, it } from "vitest";
import { isTrusted } from "../../../../../proxy/protocol/auth/transport.ts";

it("trusts TLS with a password for every plugin, and a Unix socket as the plugins do", () => {
  for (const plugin of ["caching_sha2_password", "sha256_password", "mysql_clear_password", null]) {
    expect(isTrusted(plugin, "tls")).toBe(true);
    expect(isTrusted(plugin, "plain")).toBe(false);
    expect(isTrusted(plugin, "socket")).toBe(plugin !== "sha256_password");
  }
});
