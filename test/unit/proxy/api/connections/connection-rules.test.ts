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

const socket = (host: string) => ({ host, port: 0 });

it("takes Unix sockets on either side, the upstream's with mapped sign-in or a socket to listen on", () => {
  const own = { auth: "passthrough", upstreamUser: null, clientUser: null } as const;
  for (const connection of [
    connectionOf({ listen: socket("/run/s.sock") }),
    connectionOf({ upstream: socket("/run/m.sock") }),
    connectionOf({ ...own, listen: socket("/run/s.sock"), upstream: socket("/run/m.sock") }),
  ]) {
    expect(problemOf(connection, none)).toBeNull();
  }
  expect(problemOf(connectionOf({ ...own, upstream: socket("/run/m.sock") }), none)).toContain("Listen on a Unix socket too");
});

it("does not take one socket for both sides", () => {
  const connection = connectionOf({ listen: socket("/run/m.sock"), upstream: socket("/run/m.sock") });
  expect(problemOf(connection, none)).toContain("own upstream's socket");
});

it("does not take a path with control characters for either side", () => {
  expect(problemOf(connectionOf({ listen: socket("/run/\n.sock") }), none)).toContain("The path to listen on");
  expect(problemOf(connectionOf({ upstream: socket("/run/\u001b[2J.sock") }), none)).toContain("The upstream's path");
});
