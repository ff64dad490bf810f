import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { snippetsOf } from "../../proxy/api/connections/snippets.ts";
import { newSecret } from "../../proxy/identity/made-credential.ts";
import type { ClientTls, Connection } from "../../proxy/model/connection.ts";
import { RelayClient } from "../../proxy/relay/relay-client.ts";
import { connectionOf } from "../support/api/connection-of.ts";
import { clientIsThere } from "../support/clients.ts";
import { clientPrograms } from "../support/parts/client-programs.ts";
import { mysqlProgram } from "../support/servers/mysql.ts";
import { available } from "../support/servers.ts";

/** As it is minted: it can be put into any of the languages as it is. */
const minted = newSecret();
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

/** The programs that a person may have under the name in a snippet: Debian's `mysql` is MariaDB's. */
const programs = {
  "MySQL's mysql": { snippet: "mysql", is: "mysql", command: () => mysqlProgram("mysql").map(quoted).join(" ") },
  "MariaDB's mysql": { snippet: "mysql", is: "mariadb", command: () => "mariadb" },
  "MariaDB's mariadb": { snippet: "mariadb", is: "mariadb", command: () => "mariadb" },
} as const;

const programNames = (Object.keys(programs) as (keyof typeof programs)[]).filter((name) => clientIsThere(programs[name].is));

describe.each(available(inject("servers")))("snippets through the proxy to $kind", (server) => {
  describe.each(["off", "optional", "required"] as const)("with client TLS “%s”", (clientTls) => {
    it.each(programNames)("%s connects", async (name) => {
      expect(await said(name, clientTls)).toMatchObject({ stdout: "yes\n", code: 0 });
    });

    it("Node's mysql2 connects", async () => {
      const { connection, port } = await listening(clientTls);
      const snippet = textOf(connection, port, "Node (mysql2)").replace("PASSWORD", minted);
      const script = `import mysql from "mysql2/promise"; import { readFileSync } from "node:fs";\n${snippet}\nconst [rows] = await connection.query("SELECT 'yes' AS here"); console.log(rows[0].here); await connection.end();`;
      const ran = await run(process.execPath, ["--input-type=module", "--eval", script]);
      expect(ran).toMatchObject({ stdout: "yes\n", code: 0 });
    });

    it.skipIf(!clientPrograms.pdo.isThere())("PHP's PDO connects", async () => {
      const ask = `echo $pdo->query("SELECT 'yes'")->fetchColumn(), "\\n";`;
      expect(await ranWith("PHP (PDO)", (text) => ["/usr/bin/php", "-r", `${text}\n${ask}`])).toBe("yes\n");
    });

    it.skipIf(!clientPrograms.pymysql.isThere())("Python's PyMySQL connects", async () => {
      const ask = `cursor = connection.cursor()\ncursor.execute("SELECT 'yes'")\nprint(cursor.fetchone()[0])`;
      expect(await ranWith("Python (PyMySQL)", (text) => ["/usr/bin/python3", "-c", `import pymysql\n${text}\n${ask}`])).toBe("yes\n");
    });

    it.skipIf(!clientPrograms.rubyMysql2.isThere())("Ruby's mysql2 connects", async () => {
      const ask = `puts client.query("SELECT 'yes' AS here").first["here"]`;
      expect(await ranWith("Ruby (mysql2)", (text) => ["/usr/bin/ruby", "-r", "mysql2", "-e", `${text}\n${ask}`])).toBe("yes\n");
    });

    // Debian has MariaDB's driver only. It takes MySQL's addresses when it is asked to, but has its own words for TLS, and knows no other.
    it.skipIf(!clientPrograms.connectorJ.isThere())("a JDBC driver connects", async () => {
      const tls = (text: string): string => text.replace("sslMode=REQUIRED", `useSsl=true&serverSslCert=${caFile}`);
      const program = (text: string): string => `import java.sql.*;
public class Snippet {
  public static void main(String[] arguments) throws Exception {
    ${tls(text).replace("/?", "/?permitMysqlScheme&")}
    ResultSet found = connection.createStatement().executeQuery("SELECT 'yes'");
    found.next();
    System.out.println(found.getString(1));
  }
}`;
      const run = (text: string): readonly string[] => {
        const file = join(directory, "Snippet.java");
        writeFileSync(file, program(text));
        return ["java", "-cp", "/usr/share/java/mariadb-java-client.jar", file];
      };
      expect(await ranWith("JDBC", run)).toBe("yes\n");
    });

    /** What a program prints that is made of a snippet. */
    async function ranWith(client: string, command: (text: string) => readonly string[]): Promise<string> {
      const { connection, port } = await listening(clientTls);
      const [program = "", ...args] = command(textOf(connection, port, client).replace("PASSWORD", minted));
      const { stdout, stderr, code } = await run(program, args);
      expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
      return stdout;
    }
  });

  /** What a person does with a snippet of a command: adds a statement to it, and gives the password without being asked. */
  async function said(name: keyof typeof programs, clientTls: ClientTls) {
    const { snippet, command } = programs[name];
    const { connection, port } = await listening(clientTls);
    const text = textOf(connection, port, snippet)
      .replace(snippet, command)
      .replace(/ --password\b/, () => ` --password=${quoted(minted)}`);
    return run("sh", ["-c", `${text} --batch --skip-column-names --execute="SELECT 'yes'"`]);
  }

  async function listening(clientTls: ClientTls): Promise<{ connection: Connection; port: number }> {
    const connection = connectionOf({
      listen: { host: "127.0.0.1", port: 0 },
      upstream: { host: server.host, port: server.port },
      upstreamUser: server.app.user,
      clientTls,
    });
    const state = await relay.start(connection, { upstreamPassword: server.app.password, clientPassword: minted });
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
