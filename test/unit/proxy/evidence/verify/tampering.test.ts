/** What an attacker with full access to a bundle, and more, can do to it; each must be told by the code that names it. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { pemOf } from "../../../../../proxy/evidence/bundle/device-part.ts";
import { custodyEntry } from "../../../../../proxy/evidence/custody/custody-entry.ts";
import { AttackedBundle, sha256 } from "../../../../support/evidence/attacked-bundle.ts";
import { memoryDeviceKey } from "../../../../support/evidence/memory-device-key.ts";
import { ProvenWorld, SigningProvider } from "../../../../support/evidence/proven-world.ts";
import { hasTimestampAuthority } from "../../../../support/evidence/timestamp-authority.ts";
import { Verifier } from "../../../../support/evidence/verdict-on.ts";
import { temporaryDirectory } from "../../../../support/stenograph.ts";

// A busy machine may take long; nothing here waits for a time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let directory: ReturnType<typeof temporaryDirectory>;
let world: ProvenWorld;
let verifier: Verifier;
let first: string;

beforeAll(async () => {
  directory = temporaryDirectory();
  world = await ProvenWorld.create(directory.path);
  verifier = new Verifier(world.trust);
  first = `data/sessions/${world.sessions[0]}`;
});

afterAll(async () => {
  verifier?.[Symbol.dispose]();
  await world?.[Symbol.asyncDispose]();
  directory[Symbol.dispose]();
});

const untouched = hasTimestampAuthority ? ["VALID"] : ["W_NO_TSA"];

/** The bundle, changed. */
async function attacked(change: (bundle: AttackedBundle) => unknown): Promise<Buffer> {
  const bundle = await AttackedBundle.of(world.file);
  await change(bundle);
  return bundle.zip();
}

/** As `attacked`, by someone who has the device's key: only what else was signed and committed to can tell. */
function byInsider(change: (bundle: AttackedBundle) => unknown, sign: (statement: never) => void = () => {}): Promise<Buffer> {
  return attacked(async (bundle) => {
    await change(bundle);
    bundle.resign(world.workstation.key, sign as () => void);
  });
}

async function refused(bundle: Promise<Buffer>, code: string, message: RegExp): Promise<void> {
  expect(await verifier.codes(await bundle)).toEqual([expect.stringMatching(`^(${code})$`), expect.stringMatching(message)]);
}

describe("a bundle that nobody touched", () => {
  it.runIf(hasTimestampAuthority)(
    "is valid, and nothing is left open for who trusts its device, provider, authority and witness",
    async () => {
      const verdict = await verifier.verdict(world.bytes);
      expect(verdict).toMatchObject({
        verdict: "VALID",
        limits: [],
        facts: { exporterSigned: true, timestamp: { authority: "Stamps", trusted: true } },
      });
    },
  );

  it("is valid however it is packed", async () => {
    expect(await verifier.codes(await attacked(() => {}))).toEqual(untouched);
  });

  it("is valid with limits for who trusts nothing, each of them named", async () => {
    const nothing = { issuers: {}, tsaRoots: [], devices: [], checkpoints: [] };
    const codes = await verifier.codes(world.bytes, nothing);
    expect(codes.sort()).toEqual(["W_NO_TSA", "W_NO_WITNESS", "W_SELF_JWKS", "W_UNKNOWN_DEVICE"]);
  });

  it("leaves open who it was where another authority is trusted than the one that stamped it", async () => {
    expect(await verifier.codes(world.bytes, { ...world.trust, tsaRoots: [] })).toEqual(["W_NO_TSA"]);
  });
});

describe("without any key", () => {
  it("a flipped byte shows", async () => {
    await refused(
      attacked((bundle) => {
        const bytes = bundle.bytes(`${first}/disclosures.jsonl`);
        bytes[100] = (bytes[100] as number) ^ 1;
      }),
      "E_HASH",
      /disclosures\.jsonl: its bytes are not those/,
    );
  });

  it("so does a flipped byte with the manifest written anew", async () => {
    await refused(
      attacked((bundle) => bundle.replace(`${first}/disclosures.jsonl`, "4111111111111111", "4111111111111112").relist()),
      "E_SIG",
      /not the file that was signed/,
    );
  });

  it("so does a file that was added, listed or not", async () => {
    const add = (bundle: AttackedBundle) => bundle.setJson("data/identity/somebody.json", {});
    await refused(attacked(add), "E_EXTRA", /does not list it/);
    await refused(
      attacked((bundle) => add(bundle).relist()),
      "E_SIG",
      /not the file that was signed/,
    );
    await refused(
      attacked((bundle) => bundle.set("data/notes.txt", "hello").relist()),
      "E_EXTRA",
      /no such file/,
    );
  });

  it("so does a file that was taken out, listed or not", async () => {
    await refused(
      attacked((bundle) => bundle.remove("data/report.html")),
      "E_GAP",
      /report\.html: .*missing/,
    );
    await refused(
      attacked((bundle) => bundle.remove("data/report.html").relist()),
      "E_SIG",
      /not the file that was signed/,
    );
  });

  it("a session that was left out shows", async () => {
    const folder = `data/sessions/${world.sessions[1]}/`;
    await refused(
      attacked((bundle) => bundle.remove(...bundle.names.filter((name) => name.startsWith(folder))).relist()),
      "E_SIG",
      /not the file that was signed/,
    );
  });

  it("the signature of something else does not do", async () => {
    await refused(
      attacked((bundle) => bundle.set("sig/export.sigstore.json", bundle.bytes(`${first}/seal.device.sigstore.json`))),
      "E_TYPE",
      /another type/,
    );
    await refused(
      attacked((bundle) => bundle.set("sig/export.identity.sigstore.json", bundle.bytes("sig/export.sigstore.json"))),
      "E_SIG",
      /key that the bundle does not name/,
    );
  });

  it("a signature is looked for where it must be", async () => {
    await refused(
      attacked((bundle) => bundle.remove("sig/export.sigstore.json")),
      "E_GAP",
      /missing/,
    );
  });

  it("what is in an envelope beside what is signed is refused", async () => {
    const file = "sig/export.sigstore.json";
    await refused(
      attacked((bundle) => bundle.setJson(file, { ...bundle.json(file), verdict: "VALID" })),
      "E_TYPE",
      /Sigstore/,
    );
    await refused(
      attacked((bundle) => bundle.replace(file, '{"dsseEnvelope"', '{"mediaType":"x","dsseEnvelope"')),
      "E_TYPE",
      /twice/,
    );
    await refused(
      attacked((bundle) => bundle.replace(file, '"payloadType":"application/vnd.in-toto+json"', '"payloadType":"application/json"')),
      "E_TYPE",
      /not an in-toto statement/,
    );
    await refused(
      attacked((bundle) => {
        const envelope = bundle.json(file);
        envelope.dsseEnvelope.signatures.push(envelope.dsseEnvelope.signatures[0]);
        bundle.setJson(file, envelope);
      }),
      "E_TYPE",
      /one signature/,
    );
  });

  it.runIf(hasTimestampAuthority)("a timestamp of another bundle does not do, nor half of one", async () => {
    const other = `${directory.path}/other.zip`;
    await world.workstation.export(world.sessions, other);
    await refused(
      AttackedBundle.of(other).then((bundle) =>
        AttackedBundle.of(world.file).then((stamped) => bundle.set("sig/export.tsr", stamped.bytes("sig/export.tsr")).zip()),
      ),
      "E_TSA",
      /over something else/,
    );
    await refused(
      attacked((bundle) => bundle.set("sig/export.tsr", bundle.bytes("sig/export.tsr").subarray(0, 400))),
      "E_TSA",
      /not valid/,
    );
  });

  it("timestamps in an envelope, at which nobody looks, do not seem to be there", async () => {
    const file = "sig/export.sigstore.json";
    await refused(
      attacked((bundle) => {
        const envelope = bundle.json(file);
        envelope.verificationMaterial.timestampVerificationData = { rfc3161Timestamps: [{ signedTimestamp: "AAAA" }] };
        bundle.setJson(file, envelope);
      }),
      "E_TYPE",
      /not verified/,
    );
  });

  it("a device key of one's own does not do, named in the bundle or not", async () => {
    const own = memoryDeviceKey("disk");
    await refused(
      attacked((bundle) => bundle.resign(own)),
      "E_SIG",
      /key that the bundle does not name/,
    );
    await refused(
      attacked((bundle) => {
        const keys = bundle.json("data/device/keys.json");
        const { keyId, publicKey } = own;
        const named = { keyId, by: "device", publicKey, kept: "disk", pem: pemOf(publicKey) };
        bundle.setJson("data/device/keys.json", { ...keys, keys: [...keys.keys, named] }).resign(own);
      }),
      "E_SIG",
      /device log does not know/,
    );
  });
});

describe("with the key of the device", () => {
  it("the last event cannot be dropped", async () => {
    const file = () => `${first}/events.jsonl`;
    await refused(
      byInsider((bundle) => bundle.setLines(file(), bundle.lines(file()).slice(0, -1))),
      "E_GAP",
      /4 events where 5 were sealed/,
    );
  });

  it("nor with the seal's numbers made to fit, because the seal is signed", async () => {
    await refused(
      byInsider((bundle) => bundle.rechain(world.sessions[0] as string, bundle.lines(`${first}/events.jsonl`).slice(0, -1))),
      "E_SIG",
      /signs another seal/,
    );
  });

  it("events cannot be swapped", async () => {
    await refused(
      byInsider((bundle) => {
        const [open, one, two, ...rest] = bundle.lines(`${first}/events.jsonl`);
        bundle.setLines(`${first}/events.jsonl`, [open, two, one, ...rest]);
      }),
      "E_ROOT",
      /not those that were sealed, or not in their order/,
    );
  });

  it("a session that was exported cannot be left out, nor another one be there", async () => {
    const folder = `data/sessions/${world.sessions[1]}/`;
    const without = (bundle: AttackedBundle) => bundle.remove(...bundle.names.filter((name) => name.startsWith(folder)));
    await refused(byInsider(without), "E_GAP", /was exported, and is missing/);
    await refused(
      byInsider(
        () => {},
        (statement: { predicate: { sessions: string[] } }) => void statement.predicate.sessions.pop(),
      ),
      "E_EXTRA",
      /was not exported, and is there/,
    );
    await refused(
      byInsider(without, (statement: { predicate: { sessions: string[] } }) => void statement.predicate.sessions.pop()),
      "E_ROOT",
      /other sessions were exported/,
    );
  });

  it("a session cannot have the events, the header or the seal of another", async () => {
    const second = `data/sessions/${world.sessions[1]}`;
    const take = (...names: string[]) =>
      byInsider((bundle) => {
        for (const name of names) bundle.set(`${second}/${name}`, bundle.bytes(`${first}/${name}`));
      });
    await refused(take("events.jsonl", "disclosures.jsonl"), "E_GAP", /5 events where 3 were sealed/);
    await refused(take("header.json"), "E_ROOT", /of another session/);
    await refused(take("seal.device.sigstore.json"), "E_SIG", /another seal/);
    await refused(take("seal.sigstore.json"), "E_SIG", /another seal/);
    await refused(take("wire.steno"), "E_ROOT|E_DISCLOSE|E_FORK", /./);
  });

  it("cells cannot be swapped, and NULL is not the empty string", async () => {
    const file = `${first}/disclosures.jsonl`;
    const inCells = (column: number, change: (value: unknown[]) => void) =>
      byInsider((bundle) => {
        const lines = bundle.lines(file);
        change(lines.find(({ path }) => path === `results/0/blocks/0/${column}`).value);
        // What the recording says must not be needed to tell.
        bundle.setLines(file, lines).remove(`${first}/wire.steno`);
      });
    await refused(
      inCells(1, (value) => value.reverse()),
      "E_DISCLOSE",
      /not what the event committed to/,
    );
    await refused(
      inCells(2, (value) => value.splice(0, 2, "", null)),
      "E_DISCLOSE",
      /not what the event committed to/,
    );
    await refused(
      inCells(2, (value) => value.splice(0, 1)),
      "E_DISCLOSE",
      /number of rows|committed to/,
    );
  });

  it("two columns cannot be swapped with their salts", async () => {
    const file = `${first}/disclosures.jsonl`;
    await refused(
      byInsider((bundle) => {
        const lines = bundle.lines(file);
        const [one, two] = [0, 1].map((column) => lines.findIndex(({ path }) => path === `results/0/blocks/0/${column}`)) as [
          number,
          number,
        ];
        [lines[one], lines[two]] = [
          { ...lines[two], path: lines[one].path },
          { ...lines[one], path: lines[two].path },
        ];
        bundle.setLines(file, lines).remove(`${first}/wire.steno`);
      }),
      "E_DISCLOSE",
      /committed to/,
    );
  });

  it("what the recording says is what the bundle says, also where no commitment is broken", async () => {
    const other = await AttackedBundle.of(world.file);
    const [, second] = world.sessions;
    await refused(
      byInsider((bundle) => bundle.set(`${first}/wire.steno`, other.bytes(`data/sessions/${second}/wire.steno`))),
      "E_DISCLOSE|E_FORK",
      /./,
    );
  });

  it("a part can neither be left out, nor be there twice, nor be another event's", async () => {
    const file = `${first}/disclosures.jsonl`;
    const change = (edit: (lines: { n: number; path: string }[]) => unknown[]) =>
      byInsider((bundle) => bundle.setLines(file, edit(bundle.lines(file))));
    await refused(
      change((lines) => lines.slice(1)),
      "E_DISCLOSE",
      /neither opened nor withheld/,
    );
    await refused(
      change((lines) => lines.slice(0, -1)),
      "E_DISCLOSE",
      /neither opened nor withheld/,
    );
    await refused(
      change((lines) => [lines[0], ...lines]),
      "E_DISCLOSE",
      /no part|there before/,
    );
    await refused(
      change((lines) => [...lines, lines.at(-1)]),
      "E_DISCLOSE",
      /no part|there before/,
    );
    await refused(
      change((lines) => [...lines, { ...(lines.at(-1) as object), n: 99 }]),
      "E_DISCLOSE",
      /no event 99/,
    );
  });

  it("paths and numbers that mean something else to others are refused", async () => {
    const file = `${first}/disclosures.jsonl`;
    const withPath = (path: unknown, n: unknown = 0) =>
      byInsider((bundle) => {
        const [line, ...rest] = bundle.lines(file);
        bundle.setLines(file, [{ ...line, path, n }, ...rest]);
      });
    for (const path of [
      "__proto__",
      "constructor",
      "../claimed",
      "claimed/",
      "Claimed",
      "results/00/definitions",
      "results/1e1/definitions",
      "",
      7,
      null,
    ]) {
      expect((await verifier.codes(await withPath(path)))[0]).toMatch(/^E_(TYPE|DISCLOSE)$/);
    }
    for (const n of [-1, 0.5, "0", null, [0], true]) expect((await verifier.codes(await withPath("claimed", n)))[0]).toBe("E_TYPE");
    await refused(
      byInsider((bundle) => bundle.replace(file, '{"n":0,', '{"n":00,')),
      "E_TYPE",
      /not JSON/,
    );
    await refused(
      byInsider((bundle) => bundle.replace(file, '{"n":0,', '{"n":0,"__proto__":{"withheld":"x"},')),
      "E_TYPE",
      /not a part/,
    );
    await refused(
      byInsider((bundle) => bundle.replace(file, '{"n":0,', '{ "n":0,')),
      "E_TYPE",
      /not a part/,
    );
  });

  it("an opened part cannot be called withheld without its being counted", async () => {
    const file = `${first}/disclosures.jsonl`;
    const { createHash } = await import("node:crypto");
    const { canonicalText } = await import("../../../../../proxy/evidence/canonical/canonical.ts");
    const hide = (bundle: AttackedBundle) => {
      const lines = bundle.lines(file);
      const at = lines.findIndex(({ path }) => path === "sql/0");
      const { n, path, salt, value } = lines[at];
      const hash = createHash("sha256").update(`stenograph.commitment.v1\0${n}/${path}\0`).update(salt, "hex");
      lines[at] = { n, path, withheld: hash.update(canonicalText(value)).digest("hex") };
      bundle.setLines(file, lines);
    };
    await refused(byInsider(hide), "E_DISCLOSE", /not what the recording says|counts 0 withheld|recording/);
    await refused(
      byInsider((bundle) => {
        hide(bundle);
        bundle.remove(`${first}/wire.steno`);
      }),
      "E_DISCLOSE",
      /counts 0 withheld/,
    );
  });

  it("the recording cannot be another, nor say something else", async () => {
    await refused(
      byInsider((bundle) => {
        const wire = bundle.bytes(`${first}/wire.steno`);
        wire[wire.length - 40] = (wire[wire.length - 40] as number) ^ 1;
      }),
      "E_ROOT",
      /checksum|seal/,
    );
    await refused(
      byInsider((bundle) => bundle.set(`${first}/wire.steno`, bundle.bytes(`${first}/wire.steno`).subarray(0, -4))),
      "E_ROOT",
      /ends inside/,
    );
    await refused(
      byInsider((bundle) => bundle.set(`${first}/wire.steno`, "STENOREC")),
      "E_ROOT|E_DISCLOSE",
      /./,
    );
  });

  it("the device log cannot be without a session's opening, its seal, or the export", async () => {
    const file = "data/device/entries.jsonl";
    const without = (kind: string) =>
      byInsider((bundle) =>
        bundle.setLines(
          file,
          bundle.lines(file).filter(({ leaf }) => !leaf.includes(`"kind":"${kind}"`)),
        ),
      );
    await refused(without("session-open"), "E_GAP", /opening of session .* missing/);
    await refused(without("seal"), "E_GAP", /seal of session .* missing/);
    await refused(without("export"), "E_GAP", /entry of this export is missing/);
    await refused(without("device-key"), "E_SIG", /does not know as the device's/);
  });

  it("entries of the device log are those that are in it, where they are", async () => {
    const file = "data/device/entries.jsonl";
    const change = (edit: (lines: { index: number; leaf: string; proof: string[] }[]) => unknown[]) =>
      byInsider((bundle) => bundle.setLines(file, edit(bundle.lines(file))));
    await refused(
      change((lines) => lines.map((line) => ({ ...line, leaf: line.leaf.replace("dana", "eve") }))),
      "E_ROOT",
      /not in the device log/,
    );
    await refused(
      change(([one, ...rest]) => [{ ...one, index: 1 }, ...rest]),
      "E_ROOT",
      /not in the device log/,
    );
    await refused(
      change((lines) => [...lines].reverse()),
      "E_TYPE",
      /order of the log/,
    );
    await refused(
      change(([one, ...rest]) => [{ ...one, index: 2 ** 53 - 1 }, ...rest]),
      "E_ROOT",
      /not in the device log/,
    );
  });

  it("a log that forks from what a witness holds shows, also where the proof is left out", async () => {
    await using fork = await ProvenWorld.create(`${directory.path}/fork`);
    const trust = { ...fork.trust, checkpoints: [await forkedNote(fork)] };
    expect(await verifier.codes(fork.bytes, trust)).toEqual(["E_FORK", expect.stringMatching(/nothing shows that the device log goes on/)]);
    const file = "data/device/consistency.json";
    await refused(
      byInsider((bundle) => bundle.setJson(file, [])),
      "E_FORK",
      /the proof was left out/,
    );
    await refused(
      byInsider((bundle) => bundle.setJson(file, [{ ...bundle.json(file)[0], proof: [] }])),
      "E_FORK",
      /does not go on/,
    );
    await refused(
      byInsider((bundle) => {
        const [{ from, proof }] = bundle.json(file);
        bundle.setJson(file, [{ from: from.replace(/^(.*\n)\d+\n/, "$10\n"), proof }]);
      }),
      "E_FORK",
      /does not go on/,
    );
  });

  it("the checkpoint is the one that was signed", async () => {
    await refused(
      byInsider((bundle) => bundle.set("data/device/checkpoint", world.trust.checkpoints[0] as string)),
      "E_ROOT",
      /not the checkpoint that the export was signed with/,
    );
    await refused(
      byInsider((bundle) => bundle.replace("data/device/checkpoint", "stenograph.dev", "stenograph.com")),
      "E_SIG",
      /not a checkpoint/,
    );
  });
});

/** A checkpoint of the same log, signed by its key, that the log does not go on from. */
async function forkedNote(of: ProvenWorld): Promise<string> {
  const { signCheckpoint, readCheckpoint } = await import("../../../../../proxy/evidence/device-log/checkpoint.ts");
  const held = readCheckpoint(of.trust.checkpoints[0] as string);
  if (held === null) throw new Error("there is no checkpoint");
  return signCheckpoint({ ...held, root: Buffer.alloc(32, 5) }, of.workstation.key);
}

describe("who it was", () => {
  const file = "data/identity/sign-in-of-dana.json";

  it("is not shown by another person's token", async () => {
    await refused(
      byInsider((bundle) => {
        const record = bundle.json(file);
        record.evidence.idToken = (world.eve.record.evidence as { idToken: string }).idToken;
        bundle.setJson(file, record);
      }),
      "E_NONCE",
      /made for another key/,
    );
  });

  it("nor by another person's record under the same name, nor by one of another key", async () => {
    await refused(
      byInsider((bundle) => bundle.setJson(file, { ...world.eve.record, id: "sign-in-of-dana" })),
      "E_SIG",
      /another key|no sign-in/,
    );
    await refused(
      byInsider((bundle) => {
        const token = (world.eve.record.evidence as { idToken: string }).idToken;
        bundle.setJson(file, { ...world.dana.record, subject: "eve-subject", evidence: { idToken: token, jwks: world.provider.jwks } });
      }),
      "E_NONCE",
      /another key/,
    );
  });

  it("nor by a token that names somebody else than the record does", async () => {
    const token = await world.provider.token("eve-subject", world.dana.key.commitment, world.dana.record.at / 1_000_000);
    await refused(
      byInsider((bundle) => bundle.setJson(file, { ...world.dana.record, evidence: { idToken: token, jwks: world.provider.jwks } })),
      "E_IDP",
      /somebody else/,
    );
    await refused(
      byInsider((bundle) =>
        bundle.setJson(file, { ...world.dana.record, subject: "eve-subject", evidence: { idToken: token, jwks: world.provider.jwks } }),
      ),
      "E_IDP",
      /somebody else/,
    );
  });

  it("nor by a provider that an attacker made up, for who knows the real one's keys", async () => {
    const forged = await SigningProvider.create();
    const token = await forged.token("dana-subject", world.dana.key.commitment, world.dana.record.at / 1_000_000);
    const bundle = byInsider((changed) => changed.setJson(file, { ...world.dana.record, evidence: { idToken: token, jwks: forged.jwks } }));
    await refused(bundle, "E_IDP", /did not sign/);
    const naive = { ...world.trust, issuers: {} };
    expect(await verifier.codes(await bundle, naive)).toContain("W_SELF_JWKS");
  });

  it("nor by a token without a signature, or signed with a secret", async () => {
    const [, claims] = (world.dana.record.evidence as { idToken: string }).idToken.split(".");
    const header = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    for (const token of [`${header({ alg: "none" })}.${claims}.`, `${header({ alg: "HS256", kid: "k1" })}.${claims}.AAAA`, "no token"]) {
      await refused(
        byInsider((bundle) => bundle.setJson(file, { ...world.dana.record, evidence: { idToken: token, jwks: world.provider.jwks } })),
        "E_IDP",
        /did not sign|is none/,
      );
    }
  });

  it("nor by a token that is older than the session allows, or younger", async () => {
    const at = world.dana.record.at / 1_000_000;
    const withTimes = async (issuedAt: number, until: number) => {
      const token = await world.provider.token("dana-subject", world.dana.key.commitment, issuedAt, until);
      return byInsider((bundle) => bundle.setJson(file, { ...world.dana.record, evidence: { idToken: token, jwks: world.provider.jwks } }));
    };
    const days = 24 * 3600;
    await refused(withTimes(at - 200 * days, at - 199 * days), "E_TIME", /expired long before/);
    await refused(withTimes(at + 1 * days, at + 2 * days), "E_TIME", /issued after session/);
    expect(await verifier.codes(await withTimes(at - 2 * days, at - 1 * days))).toContain("W_TOKEN_EXPIRED");
  });

  it("is left open where the sign-in's record is gone", async () => {
    const bundle = byInsider((changed) => {
      const keys = changed.json("data/device/keys.json");
      changed
        .remove(file)
        .setJson("data/device/keys.json", { ...keys, keys: keys.keys.filter(({ by }: { by: string }) => by === "device") });
    });
    expect(await verifier.codes(await bundle)).toContain("W_NO_IDENTITY");
  });

  it("is left open where the provider bound no key, as by SAML", async () => {
    const bundle = byInsider((changed) => changed.setJson(file, { ...world.dana.record, keyBound: false }));
    expect(await verifier.codes(await bundle)).toContain("W_NO_IDENTITY");
  });

  it("cannot be said otherwise by keys that have another's id, or are written in two ways", async () => {
    const change = (edit: (key: Record<string, unknown>) => void) =>
      byInsider((bundle) => {
        const keys = bundle.json("data/device/keys.json");
        edit(keys.keys[0]);
        bundle.setJson("data/device/keys.json", keys);
      });
    await refused(
      change((key) => {
        key.publicKey = memoryDeviceKey().publicKey;
      }),
      "E_TYPE",
      /id of another key/,
    );
    await refused(
      change((key) => {
        key.pem = "-----BEGIN PUBLIC KEY-----";
      }),
      "E_TYPE",
      /two ways/,
    );
  });
});

describe("a bundle of which something is withheld", () => {
  let file: string;
  const record = "data/redaction/0001.json";

  beforeAll(async () => {
    file = `${directory.path}/withheld.zip`;
    const rules = [{ kind: "column", schema: null, table: "orders", column: "card_number" }] as const;
    await world.workstation.export(world.sessions, file, { rules, reason: "card numbers", exporter: world.dana.actor });
  });

  async function insider(change: (bundle: AttackedBundle) => unknown): Promise<string[]> {
    const bundle = await AttackedBundle.of(file);
    change(bundle);
    return verifier.codes(bundle.resign(world.workstation.key).zip());
  }

  it("is valid with that limit, and says how much", async () => {
    const verdict = await verifier.verdict((await AttackedBundle.of(file)).zip());
    expect(verdict).toMatchObject({
      verdict: "VALID WITH LIMITS",
      limits: expect.arrayContaining([expect.objectContaining({ code: "W_REDACTED" })]),
    });
    expect(JSON.stringify(await AttackedBundle.of(file).then((bundle) => bundle.text(`${first}/disclosures.jsonl`)))).not.toContain(
      "4111111111111111",
    );
  });

  it("cannot count less or more than is withheld", async () => {
    const count = (edit: (record: { counts: Record<string, number>; sessions: Record<string, number>[] }) => void) =>
      insider((bundle) => {
        const told = bundle.json(record);
        edit(told);
        bundle.setJson(record, told);
      });
    const wrong = ["E_DISCLOSE", expect.stringMatching(/counts .* withheld/)];
    expect(await count(({ counts }) => (counts.cells = 0))).toEqual(wrong);
    expect(await count(({ counts }) => (counts.parts = (counts.parts as number) + 1))).toEqual(wrong);
    expect(await count(({ sessions }) => ((sessions[0] as Record<string, number>).sql = 0))).toEqual(wrong);
  });

  it("cannot be without the record of it, nor with the signed number of parts changed", async () => {
    expect(await insider((bundle) => bundle.remove(record))).toEqual(["E_GAP", expect.stringMatching(/0 redaction records where 1/)]);
    const bundle = await AttackedBundle.of(file);
    const fewer = bundle.resign(world.workstation.key, (statement) => (statement.predicate.redactions.parts -= 1));
    expect(await verifier.codes(fewer.zip())).toEqual(["E_DISCLOSE", expect.stringMatching(/parts where .* were signed/)]);
  });

  it("cannot say in a header that less is withheld", async () => {
    const header = `${first}/header.json`;
    const codes = await insider((bundle) => {
      const told = bundle.json(header);
      bundle.setJson(header, { ...told, withheld: { ...told.withheld, cells: 0 } });
    });
    expect(codes).toEqual(["E_DISCLOSE", expect.stringMatching(/counts 0 withheld \(cells\)/)]);
  });

  it("cannot bring the recording along", async () => {
    const whole = await AttackedBundle.of(world.file);
    const codes = await insider((bundle) => bundle.set(`${first}/wire.steno`, whole.bytes(`${first}/wire.steno`)));
    expect(codes[0]).toBe("E_DISCLOSE");
  });

  it("cannot have a withheld commitment changed", async () => {
    const codes = await insider((bundle) => {
      const lines = bundle.lines(`${first}/disclosures.jsonl`);
      const withheld = lines.find((line) => "withheld" in line);
      withheld.withheld = sha256(Buffer.from("another"));
      bundle.setLines(`${first}/disclosures.jsonl`, lines);
    });
    expect(codes).toEqual(["E_DISCLOSE", expect.stringMatching(/committed to/)]);
  });
});

describe("the custody of a bundle", () => {
  async function withEntries(count: number): Promise<AttackedBundle> {
    const bundle = await AttackedBundle.of(world.file);
    let previous: { readonly number: number; readonly bytes: Buffer } | null = null;
    for (let number = 1; number <= count; number += 1) {
      const facts = { manifestSha256: sha256(bundle.bytes("manifest-sha256.txt")), previous, at: 1, by: world.eve.actor };
      const entry = custodyEntry(world.workstation.key, { ...facts, act: { kind: "annotated", text: `note ${number}` } });
      bundle.set(entry.path, entry.bytes);
      previous = { number, bytes: entry.bytes };
    }
    return bundle;
  }

  it("is shown in order", async () => {
    const verdict = await verifier.verdict((await withEntries(3)).zip());
    expect(verdict).toMatchObject({ facts: { custody: [1, 2, 3].map((number) => ({ number, act: { text: `note ${number}` } })) } });
  });

  it("cannot have an entry taken out, but the last, nor two swapped, nor one of another bundle", async () => {
    const broken = async (change: (bundle: AttackedBundle) => unknown) => {
      const bundle = await withEntries(3);
      await change(bundle);
      return (await verifier.codes(bundle.zip()))[0];
    };
    expect(await broken((bundle) => bundle.remove("custody/0001.json"))).toBe("E_CUSTODY");
    expect(await broken((bundle) => bundle.remove("custody/0002.json"))).toBe("E_CUSTODY");
    expect(
      await broken((bundle) => {
        const third = bundle.bytes("custody/0003.json");
        bundle.remove("custody/0003.json").set("custody/0002.json", third);
      }),
    ).toBe("E_CUSTODY");
    expect(
      await broken((bundle) => {
        const [one, two] = [bundle.bytes("custody/0001.json"), bundle.bytes("custody/0002.json")];
        bundle.set("custody/0001.json", two).set("custody/0002.json", one);
      }),
    ).toBe("E_CUSTODY");
    expect(
      await broken((bundle) => {
        const entry = bundle.json("custody/0003.json");
        entry.dsseEnvelope.signatures[0].sig = Buffer.alloc(64).toString("base64");
        bundle.setJson("custody/0003.json", entry);
      }),
    ).toBe("E_CUSTODY");
    expect(
      await broken((bundle) => {
        const facts = { manifestSha256: "0".repeat(64), previous: null, at: 1, by: world.eve.actor, act: { kind: "opened" } } as const;
        bundle.remove("custody/0002.json", "custody/0003.json");
        bundle.set("custody/0001.json", custodyEntry(world.workstation.key, facts).bytes);
      }),
    ).toBe("E_CUSTODY");
    expect(await broken((bundle) => bundle.remove("custody/0003.json"))).toBe(untouched[0]);
  });

  it("says where an entry is by a device that the verifier does not know", async () => {
    const bundle = await AttackedBundle.of(world.file);
    const facts = {
      manifestSha256: sha256(bundle.bytes("manifest-sha256.txt")),
      previous: null,
      at: 1,
      by: world.eve.actor,
      act: { kind: "opened" },
    } as const;
    bundle.set("custody/0001.json", custodyEntry(memoryDeviceKey(), facts).bytes);
    expect(await verifier.codes(bundle.zip())).toContain("W_UNKNOWN_DEVICE");
  });
});

describe("a bundle that somebody else made in the same names", () => {
  it("is refused by who knows the provider, and its device is unknown to who knows the real one", async () => {
    await using forged = await ProvenWorld.create(`${directory.path}/forged`);
    expect((await verifier.codes(forged.bytes))[0]).toBe("E_IDP");
    const codes = await verifier.codes(forged.bytes, { ...world.trust, issuers: {} });
    expect(codes).toEqual(expect.arrayContaining(["W_SELF_JWKS", "W_UNKNOWN_DEVICE", "W_NO_WITNESS"]));
  });
});

describe("the report of a bundle", () => {
  const file = "data/report.html";

  it("shows what was recorded as text, whatever that is", async () => {
    const text = (await AttackedBundle.of(world.file)).text(file);
    expect(text).toContain("&lt;img src=x onerror=alert(1)&gt;");
    expect(text).not.toContain("<img");
  });

  it("is refused where it could do anything, though its device signed it", async () => {
    const policy = /<meta http-equiv="Content-Security-Policy"[^>]*>/;
    await refused(
      byInsider((bundle) => bundle.set(file, bundle.text(file).replace(policy, ""))),
      "E_TYPE",
      /does not begin as reports do/,
    );
    for (const active of [
      "<script>",
      "<SCRIPT src=x>",
      "<meta  http-equiv=refresh content=0>",
      "< iframe>",
      "<svg onload=x>",
      "<form action=x>",
    ]) {
      await refused(
        byInsider((bundle) => bundle.replace(file, "</body>", `${active}</body>`)),
        "E_TYPE",
        /more than be read/,
      );
    }
  });
});
