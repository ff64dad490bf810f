import { expect, it } from "vitest";
import { AuthPlugin, sendsSecretInClear } from "../../../../../proxy/protocol/auth/auth-plugin.ts";

it("knows the plugins whose clients send a secret as it is", () => {
  expect(Object.values(AuthPlugin).filter(sendsSecretInClear)).toEqual(["mysql_clear_password", "authentication_openid_connect_client"]);
  expect(sendsSecretInClear(null)).toBe(false);
});
