import { expect, it } from "vitest";
import { endpointText, socketPathOf } from "../../../../proxy/model/endpoint.ts";
import { socketTrustProblem } from "../../../../proxy/model/socket-trust.ts";

const tcp = { host: "127.0.0.1", port: 3306 };
const socket = { host: "/run/mysqld/mysqld.sock", port: 0 };

it("writes an endpoint as a person does", () => {
  expect(endpointText(tcp)).toBe("127.0.0.1:3306");
  expect(endpointText({ host: "::1", port: 3306 })).toBe("[::1]:3306");
  expect(endpointText(socket)).toBe("/run/mysqld/mysqld.sock");
});

it("takes an absolute path for a Unix socket", () => {
  expect(socketPathOf(socket)).toBe("/run/mysqld/mysqld.sock");
  expect(socketPathOf(tcp)).toBeNull();
});

it("does not let whoever reaches a port use what a server grants the proxy's own user", () => {
  expect(socketTrustProblem({ auth: "passthrough", listen: tcp, upstream: socket })).toContain("Listen on a Unix socket too");
  expect(socketTrustProblem({ auth: "passthrough", listen: socket, upstream: socket })).toBeNull();
  expect(socketTrustProblem({ auth: "mapped", listen: tcp, upstream: socket })).toBeNull();
  expect(socketTrustProblem({ auth: "passthrough", listen: socket, upstream: tcp })).toBeNull();
});
