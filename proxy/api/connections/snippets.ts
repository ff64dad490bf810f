import type { ClientTls, Connection } from "../../model/connection.ts";
import { socketPathOf } from "../../model/endpoint.ts";

/** Ready-made text to connect a client with; `PASSWORD` stands where the password goes. */
export interface Snippet {
  readonly client: string;
  readonly language: string;
  readonly text: string;
}

/** What a client has to know to connect through the proxy. */
interface Target {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly tls: ClientTls;
  readonly ca: string;
}

/**
 * Snippets for a connection; none names a database, because no client needs one to connect. `port` is the one that it listens on now (its settings may leave the choice to the
 * system); `clientCaFile` the authority that clients check the proxy's certificate against; `credential` the user name of what was
 * made for who asks, where they have one.
 */
export function snippetsOf(
  connection: Connection,
  port: number,
  clientCaFile: string | null,
  credential: string | null = null,
): readonly Snippet[] {
  const user = userOf(connection, credential);
  const socketPath = socketPathOf(connection.listen);
  if (socketPath !== null) return socketSnippets(socketPath, user);
  const target: Target = {
    host: reachable(connection.listen.host),
    port,
    user,
    tls: connection.clientTls,
    ca: clientCaFile ?? "ca.pem",
  };
  return [
    { client: "mysql", language: "shell", text: mysql(target) },
    { client: "mariadb", language: "shell", text: mariadb(target) },
    { client: "JDBC", language: "java", text: jdbc(target) },
    { client: "Go", language: "go", text: go(target) },
    { client: "PHP (PDO)", language: "php", text: php(target) },
    { client: "Python (PyMySQL)", language: "python", text: python(target) },
    { client: "Node (mysql2)", language: "javascript", text: node(target) },
    { client: "Ruby (mysql2)", language: "ruby", text: ruby(target) },
    { client: "MCP server", language: "json", text: mcp(target) },
  ];
}

/** The user name that a client presents; `USER` where each has its own. */
function userOf({ auth, identity, clientUser }: Connection, credential: string | null): string {
  if (auth === "passthrough") return "USER";
  return (identity === "sign-in" ? credential : clientUser) ?? "USER";
}

/** For the socket only what every client of it needs; most libraries name it `socketPath`, `unix_socket` or the like. */
function socketSnippets(path: string, user: string): readonly Snippet[] {
  const options = (program: string): string => `${program} --protocol=SOCKET --socket=${shell(path)} --user=${shell(user)} --password`;
  const dsn = `mysql:unix_socket=${path};charset=utf8mb4`;
  const account = `user=${JSON.stringify(user)}, password="PASSWORD"`;
  return [
    { client: "mysql", language: "shell", text: options("mysql") },
    { client: "mariadb", language: "shell", text: options("mariadb") },
    { client: "PHP (PDO)", language: "php", text: `$pdo = new PDO(${quoted(dsn)}, ${quoted(user)}, 'PASSWORD');` },
    {
      client: "Python (PyMySQL)",
      language: "python",
      text: `connection = pymysql.connect(unix_socket=${JSON.stringify(path)}, ${account})`,
    },
    {
      client: "Node (mysql2)",
      language: "javascript",
      text: `const connection = await mysql.createConnection({
  socketPath: ${JSON.stringify(path)},
  user: ${JSON.stringify(user)},
  password: "PASSWORD",
});`,
    },
  ];
}

/** A client cannot connect to “every address”; on this machine it is the loopback one. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}

/**
 * For MySQL's client and for MariaDB's, which Debian calls `mysql` too: what only one of them knows is `--loose-`, which the other
 * passes over with a warning. Both take TLS where it is offered, but MariaDB's since 11.4 only with a certificate that it can check.
 */
function mysql(target: Target): string {
  const tls: Record<ClientTls, string> = {
    off: "--loose-skip-ssl-verify-server-cert --loose-get-server-public-key",
    optional: "--loose-skip-ssl-verify-server-cert",
    required: `--loose-ssl-mode=VERIFY_CA --ssl-ca=${shell(target.ca)} --loose-ssl-verify-server-cert`,
  };
  return `mysql --protocol=TCP --host=${target.host} --port=${target.port} --user=${shell(target.user)} --password ${tls[target.tls]}`;
}

/** `--protocol=TCP`, here and above, because the command would take a socket file for the name “localhost”. */
function mariadb(target: Target): string {
  const tls: Record<ClientTls, string> = {
    off: "--skip-ssl",
    optional: "--ssl --skip-ssl-verify-server-cert",
    required: `--ssl --ssl-ca=${shell(target.ca)} --ssl-verify-server-cert`,
  };
  return `mariadb --protocol=TCP --host=${target.host} --port=${target.port} --user=${shell(target.user)} --password ${tls[target.tls]}`;
}

/** Connector/J reads authorities from Java key stores only, so `required` encrypts and says how to verify. */
function jdbc(target: Target): string {
  const options: Record<ClientTls, string> = {
    off: "sslMode=DISABLED&allowPublicKeyRetrieval=true",
    optional: "sslMode=PREFERRED&allowPublicKeyRetrieval=true",
    required: "sslMode=REQUIRED",
  };
  const url = `jdbc:mysql://${inUrl(target.host)}:${target.port}/?${options[target.tls]}`;
  const verify =
    target.tls === "required"
      ? `// To verify the proxy too: import ${target.ca} into a key store, and use sslMode=VERIFY_CA&trustCertificateKeyStoreUrl=file:…\n`
      : "";
  return `${verify}Connection connection = DriverManager.getConnection(${JSON.stringify(url)}, ${JSON.stringify(target.user)}, "PASSWORD");`;
}

function go(target: Target): string {
  const tls: Record<ClientTls, string> = { off: "false", optional: "preferred", required: "stenograph" };
  const open = `config := mysql.NewConfig()
config.User = ${JSON.stringify(target.user)}
config.Passwd = "PASSWORD"
config.Net = "tcp"
config.Addr = ${JSON.stringify(`${inUrl(target.host)}:${target.port}`)}
config.TLSConfig = "${tls[target.tls]}"
db, err := sql.Open("mysql", config.FormatDSN())`;
  if (target.tls !== "required") return open;
  return `pem, err := os.ReadFile(${JSON.stringify(target.ca)})
if err != nil {
	log.Fatal(err)
}
roots := x509.NewCertPool()
roots.AppendCertsFromPEM(pem)
mysql.RegisterTLSConfig("stenograph", &tls.Config{RootCAs: roots, ServerName: ${JSON.stringify(target.host)}})
${open}`;
}

function php(target: Target): string {
  const options = target.tls === "required" ? `, [\n  PDO::MYSQL_ATTR_SSL_CA => ${quoted(target.ca)},\n]` : "";
  return `$pdo = new PDO(${quoted(`mysql:host=${target.host};port=${target.port};charset=utf8mb4`)}, ${quoted(target.user)}, 'PASSWORD'${options});`;
}

function python(target: Target): string {
  const tls: Record<ClientTls, string> = {
    off: ", ssl_disabled=True",
    optional: "",
    required: `, ssl_ca=${JSON.stringify(target.ca)}, ssl_verify_cert=True`,
  };
  const { host, port, user } = target;
  return `connection = pymysql.connect(host=${JSON.stringify(host)}, port=${port}, user=${JSON.stringify(user)}, password="PASSWORD"${tls[target.tls]})`;
}

function node(target: Target): string {
  const ssl = target.tls === "required" ? `\n  ssl: { ca: readFileSync(${JSON.stringify(target.ca)}) },` : "";
  return `const connection = await mysql.createConnection({
  host: ${JSON.stringify(target.host)},
  port: ${target.port},
  user: ${JSON.stringify(target.user)},
  password: "PASSWORD",${ssl}
});`;
}

/** The gem does as its C library does by itself: TLS where it is offered, unverified unless an authority is named. */
function ruby(target: Target): string {
  const tls: Record<ClientTls, string> = {
    off: "",
    optional: "",
    required: `, sslca: ${quoted(target.ca)}, sslverify: true`,
  };
  const { host, port, user } = target;
  return `client = Mysql2::Client.new(host: ${quoted(host)}, port: ${port}, username: ${quoted(user)}, password: "PASSWORD"${tls[target.tls]})`;
}

/** The widely used @benborla29/mcp-server-mysql; others take the same five facts under other names. */
function mcp(target: Target): string {
  const environment = {
    MYSQL_HOST: target.host,
    MYSQL_PORT: String(target.port),
    MYSQL_USER: target.user,
    MYSQL_PASS: "PASSWORD",
    ...(target.tls === "required" ? { MYSQL_SSL: "true", MYSQL_SSL_CA: target.ca, MYSQL_SSL_REJECT_UNAUTHORIZED: "true" } : {}),
  };
  const server = { command: "npx", args: ["-y", "@benborla29/mcp-server-mysql"], env: environment };
  return JSON.stringify({ mcpServers: { mysql: server } }, null, 2);
}

function inUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function shell(text: string): string {
  return /^[A-Za-z0-9_./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** In single quotes, within which neither PHP nor Ruby reads anything else. */
function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
