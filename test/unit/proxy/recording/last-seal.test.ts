import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeFileHeader, encodeJsonFrame, FrameKind } from "../../../../proxy/recording/frame.ts";
import { readLastSeal } from "../../../../proxy/recording/last-seal.ts";

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "last-seal-"));
  file = join(directory, "session.steno");
  writeFileSync(file, Buffer.concat([encodeFileHeader(), encodeJsonFrame(FrameKind.close, 1n, { text: "x".repeat(200_000) })]));
});

afterEach(() => rmSync(directory, { recursive: true }));

describe("The seal at the end of a recording", () => {
  it("is read without what is before it", () => {
    const frame = encodeJsonFrame(FrameKind.seal, 2n, { version: 2, sha256: "ab" });
    appendFileSync(file, frame);
    expect(readLastSeal(file)).toMatchObject({ seal: { version: 2, sha256: "ab" } });
    appendFileSync(file, encodeJsonFrame(FrameKind.note, 3n, {}));
    expect(readLastSeal(file).seal).toBeNull();
  });

  it("is none where the file ends with something else, was cut, or is empty", () => {
    expect(readLastSeal(file).seal).toBeNull();
    appendFileSync(file, encodeJsonFrame(FrameKind.seal, 2n, { version: 2 }).subarray(0, -1));
    expect(readLastSeal(file).seal).toBeNull();
    writeFileSync(file, "");
    expect(readLastSeal(file)).toEqual({ seal: null, bytes: 0 });
  });
});
