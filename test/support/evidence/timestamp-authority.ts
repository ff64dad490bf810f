/** A timestamp authority (RFC 3161) of one's own: a root, a certificate for timestamps, `openssl ts` behind HTTP. */
import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const configuration = `
[ tsa ]
default_tsa = tsa_config
[ tsa_config ]
dir = .
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
certs = root.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[ req ]
distinguished_name = name
[ name ]
[ root ]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[ stamping ]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[ other ]
basicConstraints = CA:FALSE
`;

/** Whether there is an openssl that can do it. */
export const hasTimestampAuthority: boolean = spawnSync("openssl", ["ts", "-help"]).status === 0;

export class TimestampAuthority implements AsyncDisposable {
  readonly #directory: string;
  readonly #server: Server;
  /** Stands in the place of the answer, where there is one. */
  answer: { readonly status: number; readonly body: Buffer } | null = null;
  requests: Buffer[] = [];

  private constructor(directory: string) {
    this.#directory = directory;
    this.#server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", () => {
        const query = Buffer.concat(pieces);
        this.requests.push(query);
        const { status, body } = this.answer ?? { status: 200, body: this.stamp(query) };
        response.writeHead(status, { "content-type": "application/timestamp-reply" }).end(body);
      });
    });
  }

  static async start(): Promise<TimestampAuthority> {
    const directory = mkdtempSync(join(tmpdir(), "stenograph-tsa-"));
    writeFileSync(join(directory, "tsa.cnf"), configuration);
    writeFileSync(join(directory, "serial"), "01\n");
    const authority = new TimestampAuthority(directory);
    authority.#makeCertificates();
    authority.#server.listen(0, "127.0.0.1");
    await once(authority.#server, "listening");
    return authority;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Certificate of the root in PEM, and the file that it is in. */
  get root(): { readonly pem: string; readonly file: string } {
    const file = join(this.#directory, "root.pem");
    return { pem: readFileSync(file, "utf8"), file };
  }

  /** The answer to a request, in DER. */
  stamp(query: Buffer): Buffer {
    writeFileSync(join(this.#directory, "query"), query);
    this.#openssl("ts", "-reply", "-config", "tsa.cnf", "-section", "tsa_config", "-queryfile", "query", "-out", "reply");
    return readFileSync(join(this.#directory, "reply"));
  }

  /** What `openssl ts -verify` says of an answer over `bytes`; throws where it is not good. */
  verify(answer: Buffer, bytes: Buffer): string {
    writeFileSync(join(this.#directory, "stamped"), bytes);
    writeFileSync(join(this.#directory, "answer"), answer);
    return this.#openssl("ts", "-verify", "-in", "answer", "-data", "stamped", "-CAfile", "root.pem");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #makeCertificates(): void {
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"];
    this.#openssl(
      "req",
      "-x509",
      ...key,
      "-config",
      "tsa.cnf",
      "-extensions",
      "root",
      "-subj",
      "/CN=Root",
      "-keyout",
      "root.key",
      "-out",
      "root.pem",
    );
    this.#openssl("req", "-new", ...key.slice(0, -2), "-config", "tsa.cnf", "-subj", "/CN=Stamps", "-keyout", "tsa.key", "-out", "tsa.csr");
    const signed = [
      "-CA",
      "root.pem",
      "-CAkey",
      "root.key",
      "-set_serial",
      "2",
      "-days",
      "30",
      "-extfile",
      "tsa.cnf",
      "-extensions",
      "stamping",
    ];
    this.#openssl("x509", "-req", "-in", "tsa.csr", ...signed, "-out", "tsa.pem");
  }

  #openssl(...args: string[]): string {
    return execFileSync("openssl", args, { cwd: this.#directory, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }
}
