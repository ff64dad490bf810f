/** What people see in an unmodified client where the proxy itself refuses: its sentence, not a complaint about the proxy's packets. */
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, it } from "vitest";
import { type Client, clientIsThere, runClient } from "../../support/clients.ts";
import { freePort } from "../../support/servers/free-port.ts";
import { startRecorder, temporaryDirectory } from "../../support/stenograph.ts";

const clients = (["mariadb", "mysql"] as const).filter(clientIsThere);

async function seenBy(client: Client, upstreamPort: number): Promise<string> {
  using directory = temporaryDirectory();
  const recorder = await startRecorder({ data: directory.path, upstream: `mysql://127.0.0.1:${upstreamPort}`, auth: "passthrough" });
  try {
    const target = { host: "127.0.0.1", port: recorder.first.port, user: "app", password: "apppw" };
    const run = await runClient(client, target, ["--execute=SELECT 1"]);
    expect(run.exitCode).not.toBe(0);
    return run.stderr;
  } finally {
    await recorder.end();
  }
}

it.each(clients)("%s shows why the upstream cannot be reached", async (client) => {
  expect(await seenBy(client, await freePort())).toMatch(
    /\b1429\b.*The upstream 127\.0\.0\.1:\d+ cannot be reached: nothing listens there/,
  );
});

it.each(clients)("%s shows that the upstream is no MySQL server", async (client) => {
  const garbage = createServer((socket) => socket.on("error", () => undefined).end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  garbage.listen(0, "127.0.0.1");
  await once(garbage, "listening");
  try {
    expect(await seenBy(client, (garbage.address() as AddressInfo).port)).toMatch(
      /\b1835\b.*The upstream does not speak the MySQL protocol/,
    );
  } finally {
    garbage.close();
  }
});
