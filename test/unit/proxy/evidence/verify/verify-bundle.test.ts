import { X509Certificate } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type ProvenTime, proveTime } from "../../../../../proxy/evidence/verify/timestamp-proof.ts";
import { BundleFault } from "../../../../../proxy/evidence/verify/verdict.ts";
import { verifyBundle } from "../../../../../proxy/evidence/verify/verify-bundle.ts";
import { AttackedBundle } from "../../../../support/evidence/attacked-bundle.ts";
import { ProvenWorld } from "../../../../support/evidence/proven-world.ts";
import { hasTimestampAuthority } from "../../../../support/evidence/timestamp-authority.ts";
import { Verifier } from "../../../../support/evidence/verdict-on.ts";
import { Random } from "../../../../support/random.ts";
import { temporaryDirectory } from "../../../../support/stenograph.ts";

// A busy machine may take long; nothing here waits for a time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const mutations = 400;

let directory: ReturnType<typeof temporaryDirectory>;
let world: ProvenWorld;

beforeAll(async () => {
  directory = temporaryDirectory();
  world = await ProvenWorld.create(directory.path);
});

afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  directory[Symbol.dispose]();
});

describe("verifying a bundle", () => {
  it("says how far it is, from nothing to all", async () => {
    const heard: number[] = [];
    const fd = fs.openSync(world.file, "r");
    let total = 0;
    try {
      await verifyBundle(fd, {
        progress: (done, of) => {
          heard.push(done);
          total = of;
        },
      });
    } finally {
      fs.closeSync(fd);
    }
    expect(heard).toEqual(heard.toSorted((a, b) => a - b));
    expect(heard[0]).toBeLessThan(total / 2);
    expect(heard.at(-1)).toBe(total);
  });

  it("ends with the reason of who stops it, and leaves nothing behind", async () => {
    const stop = new AbortController();
    const fd = fs.openSync(world.file, "r");
    try {
      const reason = new Error("enough");
      const progress = (done: number, total: number): void => {
        if (done > total / 2) stop.abort(reason);
      };
      await expect(verifyBundle(fd, { progress, signal: stop.signal })).rejects.toBe(reason);
    } finally {
      fs.closeSync(fd);
    }
  });

  it("says what the file lacks where it is cut off at any place", async () => {
    using verifier = new Verifier();
    const whole = world.bytes;
    for (let length = 0; length < whole.length; length += 997) {
      expect((await verifier.codes(whole.subarray(0, length)))[0]).toBe("E_CONTAINER");
    }
  });

  it.runIf(hasTimestampAuthority)("takes no other time from a timestamp of which anything is changed", async () => {
    const random = new Random(11);
    const bundle = await AttackedBundle.of(world.file);
    const stamp = bundle.bytes("sig/export.tsr");
    const stamped = Buffer.from(bundle.json("sig/export.sigstore.json").dsseEnvelope.signatures[0].sig, "base64");
    const roots = world.trust.tsaRoots.map((pem) => new X509Certificate(pem).raw);
    const proven = await proveTime(stamp, stamped, roots, "sig/export.tsr");
    expect(proven.trusted).toBe(true);
    for (let round = 0; round < mutations; round += 1) {
      const changed = round % 2 === 0 ? random.mutated(stamp) : flipped(stamp, random);
      // What is not signed in a timestamp, as the status before it, may be changed; what is said of the time may not.
      const found = await proveTime(changed, stamped, roots, "sig/export.tsr").catch((thrown: unknown) => thrown);
      if (found instanceof BundleFault) expect(found.code).toBe("E_TSA");
      else if ((found as ProvenTime).trusted) expect(found).toEqual(proven);
      else expect(found).toMatchObject({ trusted: false });
    }
  });

  it("says where there is no room for what it must unpack, which is no verdict", async () => {
    const fd = fs.openSync(world.file, "r");
    const { TMPDIR } = process.env;
    try {
      process.env.TMPDIR = path.join(directory.path, "missing");
      await expect(verifyBundle(fd)).rejects.toMatchObject({ code: "no-room", message: expect.stringContaining("Set TMPDIR") });
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
      fs.closeSync(fd);
    }
  });

  it("finds the same in what is packed by another program", async () => {
    using verifier = new Verifier(world.trust);
    const file = path.join(directory.path, "packed.zip");
    fs.writeFileSync(file, (await AttackedBundle.of(world.file)).zip());
    expect(await verifier.verdict(fs.readFileSync(file))).toEqual(await verifier.verdict(world.bytes));
  });
});

function flipped(bytes: Buffer, random: Random): Buffer {
  const changed = Buffer.from(bytes);
  const at = random.below(bytes.length);
  changed[at] = (changed[at] as number) ^ (1 << random.below(8));
  return changed;
}
