import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { noTrust, readTrust, type Trust } from "../../../proxy/evidence/verify/trust.ts";
import { type Verdict, verifyBundle } from "../../../proxy/evidence/verify/verify-bundle.ts";
import type { TrustJson } from "./proven-world.ts";

/** Verifies bundles in a folder of its own, which goes with it. */
export class Verifier implements Disposable {
  readonly #directory = fs.mkdtempSync(path.join(os.tmpdir(), "stenograph-verifier-"));
  readonly #trust: Trust;

  constructor(trust?: TrustJson) {
    this.#trust = trust === undefined ? noTrust : this.#read(trust);
  }

  async verdict(bundle: Buffer, trust?: TrustJson): Promise<Verdict> {
    const file = path.join(this.#directory, "bundle.zip");
    fs.writeFileSync(file, bundle);
    const fd = fs.openSync(file, "r");
    try {
      return await verifyBundle(fd, { trust: trust === undefined ? this.#trust : this.#read(trust) });
    } finally {
      fs.closeSync(fd);
    }
  }

  /** `VALID`, the codes of its limits, or the code of its fault with the message. */
  async codes(bundle: Buffer, trust?: TrustJson): Promise<string[]> {
    const verdict = await this.verdict(bundle, trust);
    if (verdict.verdict === "INVALID") return [verdict.code, verdict.message];
    return verdict.limits.length === 0 ? ["VALID"] : [...new Set(verdict.limits.map(({ code }) => code))];
  }

  [Symbol.dispose](): void {
    fs.rmSync(this.#directory, { recursive: true, force: true });
  }

  #read(trust: TrustJson): Trust {
    const file = path.join(this.#directory, "trust.json");
    fs.writeFileSync(file, JSON.stringify(trust));
    return readTrust(file);
  }
}
