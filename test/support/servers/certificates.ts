import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Paths of PEM files: the authority to trust, and the certificate and key that a server presents. */
export interface CertificateFiles {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** Writes a fresh authority and a certificate of it for `localhost` and 127.0.0.1 into `directory`; valid for 30 days. */
export function writeCertificates(directory: string): CertificateFiles {
  const at = (name: string): string => join(directory, name);
  const files = { ca: at("ca.pem"), certificate: at("server.pem"), key: at("server-key.pem") };
  const newKey = ["-newkey", "rsa:2048", "-nodes"];
  writeFileSync(at("server.ext"), "subjectAltName = DNS:localhost, IP:127.0.0.1\n");
  openssl(["req", "-x509", ...newKey, "-days", "30", "-keyout", at("ca-key.pem"), "-out", files.ca, "-subj", "/CN=Test authority"]);
  openssl(["req", ...newKey, "-keyout", files.key, "-out", at("server.csr"), "-subj", "/CN=localhost"]);
  const issuer = ["-CA", files.ca, "-CAkey", at("ca-key.pem"), "-set_serial", "2", "-days", "30"];
  openssl(["x509", "-req", "-in", at("server.csr"), ...issuer, "-extfile", at("server.ext"), "-out", files.certificate]);
  return files;
}

function openssl(args: readonly string[]): void {
  const run = spawnSync("openssl", args, { encoding: "utf8", timeout: 60_000 });
  if (run.status !== 0) throw new Error(`openssl ${args[0]} failed: ${run.error?.message ?? run.stderr}`);
}
