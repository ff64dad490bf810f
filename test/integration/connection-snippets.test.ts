import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { snippetsOf } from "../../proxy/api/connections/snippets.ts";
import type { ClientTls, Connection } from "../../proxy/model/connection.ts";
import { RelayClient } from "../../proxy/relay/relay-client.ts";
import { connectionOf } from "../support/api/connection-of.ts";
import { clientIsThere } from "../support/clients.ts";
import { mysqlProgram } from "../support/servers/mysql.ts";
import { available } from "../support/servers.ts";

const clientPassword = "s3cret of a client";
const directory = mkdtempSync(join(tmpdir(), "stenograph-snippets-"));
const actor = { kind: "os-user", name: "ada", authenticated: false } as const;
let relay: RelayClient;
let caFile: string;

beforeAll(async () => {
  const worker = new URL("../../proxy/relay-thread.ts", import.meta.url);
  relay = new RelayClient({ worker, dataDirectory: directory, actor, recorder: "0198c7a2-0000-4000-8000-000000000001" });
  caFile = await relay.authorityFile;
});

afterAll(async () => {
  await relay.close();
  rmSync(directory, { recursive: true });
});

/** What a person does with a snippet of a command: adds a statement to it, and gives the password without being asked. */
const shell = {
  mysql: (text: string) => text.replace(/^mysql /, `${mysqlProgram("mysql").map(quoted).join(" ")} `),
  mariadb: (text: string) => text,
};

describe.each(available(inject("servers")))("snippets through the proxy to $kind", (server) => {
  describe.each(["off", "optional", "required"] as const)("with client TLS “%s”", (clientTls) => {
    it.skipIf(!clientIsThere("mysql"))("the mysql command connects", async () => {
      expect(await connected("mysql", clientTls)).toBe(true);
    });

    it.skipIf(!clientIsThere("mariadb"))("the mariadb command connects", async () => {
      expect(await connected("mariadb", clientTls)).toBe(true);
    });

    it("Node's mysql2 connects", async () => {
      const { connection, port } = await listening(clientTls);
      const snippet = textOf(connection, port, "Node (mysql2)").replace('"PASSWORD"', JSON.stringify(clientPassword));
      const script = `import mysql from "mysql2/promise"; import { readFileSync } from "node:fs";\n${snippet}\nconst [rows] = await connection.query("SELECT 'yes' AS here"); console.log(rows[0].here); await connection.end();`;
      const ran = await run(process.execPath, ["--input-type=module", "--eval", script]);
      expect(ran).toMatchObject({ stdout: "yes\n", code: 0 });
    });
  });

  async function connected(client: "mysql" | "mariadb", clientTls: ClientTls): Promise<boolean> {
    const { connection, port } = await listening(clientTls);
    const command = shell[client](textOf(connection, port, client)).replace(" --password ", ` --password=${quoted(clientPassword)} `);
    const ran = await run("sh", ["-c", `${command} --batch --skip-column-names --execute="SELECT 'yes'"`]);
    expect(ran).toMatchObject({ stdout: "yes\n", code: 0 });
    return true;
  }

  async function listening(clientTls: ClientTls): Promise<{ connection: Connection; port: number }> {
    const connection = connectionOf({
      listen: { host: "127.0.0.1", port: 0 },
      upstream: { host: server.host, port: server.port },
      upstreamUser: server.app.user,
      clientTls,
    });
    const state = await relay.start(connection, { upstreamPassword: server.app.password, clientPassword });
    if (state.state !== "listening") throw new Error(JSON.stringify(state));
    return { connection, port: state.port };
  }
});

function textOf(connection: Connection, port: number, client: string): string {
  const snippet = snippetsOf(connection, port, caFile).find((candidate) => candidate.client === client);
  if (snippet === undefined) throw new Error(`there is no snippet for ${client}`);
  return snippet.text;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function run(program: string, args: readonly string[]): Promise<{ stdout: string; stderr: string; code: number | null }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ stdout: string; stderr: string; code: number | null }>();
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], timeout: 30_000 });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.on("error", reject);
  child.on("close", (code) => resolve({ stdout, stderr, code }));
  return promise;
}
