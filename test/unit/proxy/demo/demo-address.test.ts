import { expect, it } from "vitest";
import { demoAddress } from "../../../../proxy/demo/demo-address.ts";

it("takes the account, host and port out of the address", () => {
  expect(demoAddress("mysql://anna:s%40cret@[::1]:3307/any")).toEqual({ host: "::1", port: 3307, user: "anna", password: "s@cret" });
  expect(demoAddress("mysql://root@db.example")).toEqual({ host: "db.example", port: 3306, user: "root", password: "" });
});

it.each(["", "localhost:3306", "http://a@b", "mysql://b:3306", "mysql://a@b:port"])("refuses “%s” in a sentence", (text) => {
  expect(() => demoAddress(text)).toThrow("The address must be mysql://USER:PASSWORD@HOST:PORT.");
});
