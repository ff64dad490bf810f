import { expect, it } from "vitest";
import { problemOf } from "../../../../../proxy/api/connections/connection-rules.ts";
import { connectionOf } from "../../../../support/api/connection-of.ts";

const none = { upstreamPassword: null, clientPassword: null };

it.each(["db.example.org", "127.0.0.1", "::1", "fe80::1%eth0", "bücher.example"])("an upstream can be on %s", (host) => {
  expect(problemOf(connectionOf({ upstream: { host, port: 3306 } }), none)).toBeNull();
});

it.each(["db\u0000.example", "db\r\nHost: evil", "db example", " ", "db\u001b[2J"])("an upstream cannot be on %j", (host) => {
  expect(problemOf(connectionOf({ upstream: { host, port: 3306 } }), none)).toContain("The upstream's host");
});

it.each(["Shop\n", "\u001b[2JShop", "a\u0000b"])("a connection cannot be named %j", (name) => {
  expect(problemOf(connectionOf({ name }), none)).toContain("The connection's name");
});
