import { describe, expect, it } from "vitest";
import { snippetsOf } from "../../../../../proxy/api/connections/snippets.ts";
import { connectionOf } from "../../../../support/api/connection-of.ts";

const textOf = (client: string, changes: Parameters<typeof connectionOf>[0] = {}, ca: string | null = "/data/tls/ca.pem") =>
  snippetsOf(connectionOf(changes), 13306, ca).find((snippet) => snippet.client === client)?.text;

describe("snippets", () => {
  it("are there for every client, with the port that is listened on", () => {
    const snippets = snippetsOf(connectionOf(), 40123, null);
    expect(snippets.map(({ client }) => client)).toEqual([
      "mysql",
      "mariadb",
      "JDBC",
      "Go",
      "PHP (PDO)",
      "Python (PyMySQL)",
      "Node (mysql2)",
      "Ruby (mysql2)",
      "MCP server",
    ]);
    for (const { text } of snippets) expect(text).toContain("40123");
  });

  it("name the client's user where sign-in is mapped, and leave it to the person where it is passed through", () => {
    expect(textOf("mysql")).toContain("--user=ada");
    expect(textOf("mysql", { auth: "passthrough", clientUser: null })).toContain("--user=USER");
  });

  it("name what was made for who asks, where clients present that", () => {
    const signIn = { identity: "sign-in", clientUser: null } as const;
    const textFor = (credential: string | null) => snippetsOf(connectionOf(signIn), 13306, null, credential)[0]?.text;
    expect(textFor("anna-7f3kxm")).toContain("--user=anna-7f3kxm");
    expect(textFor(null)).toContain("--user=USER");
    expect(snippetsOf(connectionOf(), 13306, null, "anna-7f3kxm")[0]?.text).toContain("--user=ada");
  });

  it("name the Unix socket where one is listened on", () => {
    const listen = { host: "/run/user/1000/steno graph.sock", port: 0 };
    expect(textOf("mysql", { listen })).toBe("mysql --protocol=SOCKET --socket='/run/user/1000/steno graph.sock' --user=ada --password");
    expect(textOf("PHP (PDO)", { listen })).toContain("unix_socket=/run/user/1000/steno graph.sock");
    for (const { text } of snippetsOf(connectionOf({ listen }), 0, null)) expect(text).toContain("steno graph.sock");
  });

  it("connect to loopback where every address is listened on", () => {
    expect(textOf("JDBC", { listen: { host: "0.0.0.0", port: 0 } })).toContain("jdbc:mysql://127.0.0.1:13306/");
    expect(textOf("JDBC", { listen: { host: "::", port: 0 } })).toContain("jdbc:mysql://[::1]:13306/");
  });

  it("verify the proxy with its authority where TLS is required", () => {
    const required = { clientTls: "required" } as const;
    expect(textOf("mysql", required)).toContain("--loose-ssl-mode=VERIFY_CA --ssl-ca=/data/tls/ca.pem");
    expect(textOf("Go", required)).toContain('os.ReadFile("/data/tls/ca.pem")');
    expect(textOf("Python (PyMySQL)", required)).toContain('ssl_ca="/data/tls/ca.pem", ssl_verify_cert=True');
    expect(textOf("MCP server", required)).toContain('"MYSQL_SSL_CA": "/data/tls/ca.pem"');
  });

  it("give the mysql command no option of MySQL's client that MariaDB's of the same name refuses", () => {
    for (const clientTls of ["off", "optional", "required"] as const) {
      expect(textOf("mysql", { clientTls })).not.toMatch(/ --(ssl-mode|get-server-public-key)/);
    }
  });

  it("quote what the shell and the languages would take apart", () => {
    expect(textOf("mysql", { clientUser: "o'neil; rm" })).toContain(`--user='o'\\''neil; rm'`);
    expect(textOf("PHP (PDO)", { clientUser: "o'neil\\" })).toContain(`'o\\'neil\\\\'`);
    expect(textOf("mariadb", { clientTls: "required" }, "/my data/ca.pem")).toContain("--ssl-ca='/my data/ca.pem'");
    expect(JSON.parse(textOf("MCP server", { clientUser: 'a"b' }) ?? "").mcpServers.mysql.env.MYSQL_USER).toBe('a"b');
  });
});
