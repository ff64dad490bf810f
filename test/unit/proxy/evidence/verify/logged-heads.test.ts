/** What the device log said of a recording while its session was open. */
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CloseCause } from "../../../../../proxy/model/session.ts";
import { digestRecording } from "../../../../../proxy/recording/seal.ts";
import { AttackedBundle } from "../../../../support/evidence/attacked-bundle.ts";
import { EvidenceWorkstation } from "../../../../support/evidence/evidence-workstation.ts";
import { Verifier } from "../../../../support/evidence/verdict-on.ts";
import type { RecordedSession } from "../../../../support/library/recorded-session.ts";
import { temporaryDirectory } from "../../../../support/stenograph.ts";

// A busy machine may take long; nothing here waits for a time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let directory: ReturnType<typeof temporaryDirectory>;
let workstation: EvidenceWorkstation;
let verifier: Verifier;

beforeEach(() => {
  directory = temporaryDirectory();
  workstation = new EvidenceWorkstation(directory.path);
  verifier = new Verifier();
});

afterEach(async () => {
  verifier[Symbol.dispose]();
  await workstation[Symbol.asyncDispose]();
  directory[Symbol.dispose]();
});

type Head = { readonly bytes: number; readonly sha256: string };

/** The codes for a bundle of a session that the device log knew so at half time. */
async function codesWith(headOf: (recording: Head) => Head, cause: CloseCause = "client-quit"): Promise<string[]> {
  let head: Promise<unknown> = Promise.resolve();
  const session = await workstation.record((recorded, at) => {
    recorded.query("SELECT 1", at, { rows: ["a"] });
    head = workstation.log.enter({ kind: "head", session: recorded.id, ...headOf(digestRecording(recorded.path)) });
    recorded.query("SELECT 2", at + 1000, { rows: ["b"] });
    if (cause !== "client-quit") endWith(recorded, cause);
  });
  await head;
  const file = path.join(directory.path, "bundle.zip");
  await workstation.export([session], file);
  return verifier.codes((await AttackedBundle.of(file)).zip());
}

/** Ends the session by this cause, whatever ends it afterwards. */
function endWith(recorded: RecordedSession, cause: CloseCause): void {
  recorded.close(cause);
  recorded.close = () => recorded;
}

describe("a recording", () => {
  it("is what the device log knew of it", async () => {
    const codes = await codesWith(({ bytes, sha256 }) => ({ bytes, sha256 }));
    expect(codes).not.toContain("E_FORK");
    expect(codes).toContain("W_UNKNOWN_DEVICE");
  });

  it("is refused where it was another one then", async () => {
    const fault = expect.stringMatching(/not those that the device log knows/);
    expect(await codesWith(({ bytes }) => ({ bytes, sha256: "0".repeat(64) }))).toEqual(["E_FORK", fault]);
  });

  it("is refused where it was longer then", async () => {
    const longer = ({ bytes, sha256 }: Head): Head => ({ bytes: bytes + 1_000_000, sha256 });
    expect(await codesWith(longer)).toEqual(["E_FORK", expect.stringMatching(/longer than what was sealed/)]);
  });

  it("may have lost its end where the recorder crashed, and that is named", async () => {
    const longer = ({ bytes, sha256 }: Head): Head => ({ bytes: bytes + 1_000_000, sha256 });
    expect(await codesWith(longer, "crashed")).toContain("W_INCOMPLETE");
  });
});
