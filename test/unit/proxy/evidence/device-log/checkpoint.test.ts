import { describe, expect, it } from "vitest";
import { openCheckpoint, originOf, readCheckpoint, signCheckpoint } from "../../../../../proxy/evidence/device-log/checkpoint.ts";
import { leafHash } from "../../../../../proxy/evidence/merkle/hash.ts";
import { signNote } from "../../../../../proxy/evidence/signing/signed-note.ts";
import { memoryDeviceKey } from "../../../../support/evidence/memory-device-key.ts";

const key = memoryDeviceKey();
const checkpoint = { origin: originOf(key.keyId), size: 20852163, root: leafHash(Buffer.from("x")) };

describe("A checkpoint", () => {
  it("of the specification is read", () => {
    const note =
      "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n" +
      "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
    const root = Buffer.from("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=", "base64");
    expect(readCheckpoint(note)).toEqual({ origin: "example.com/behind-the-sofa", size: 20852163, root });
    expect(openCheckpoint(note, key.publicKey)).toBeNull();
  });

  it("is opened by the key that signed it, under the name of its log", () => {
    const note = signCheckpoint(checkpoint, key);
    expect(note.split("\n").slice(0, 4)).toEqual([checkpoint.origin, "20852163", checkpoint.root.toString("base64"), ""]);
    expect(checkpoint.origin).toBe(`stenograph.dev/device/${key.keyId.slice(0, 16)}`);
    expect(openCheckpoint(note, key.publicKey)).toEqual(checkpoint);
    expect(openCheckpoint(note, memoryDeviceKey().publicKey)).toBeNull();
    expect(openCheckpoint(note.replace("20852163", "20852164"), key.publicKey)).toBeNull();
    const otherName = signNote(`${checkpoint.origin}\n1\n${checkpoint.root.toString("base64")}\n`, "another", key);
    expect(readCheckpoint(otherName)).not.toBeNull();
    expect(openCheckpoint(otherName, key.publicKey)).toBeNull();
  });

  it("is no note that says something else", () => {
    const root = checkpoint.root.toString("base64");
    for (const text of [
      "o\n",
      "o\n1\n",
      `\n1\n${root}\n`,
      `o\n01\n${root}\n`,
      `o\n-1\n${root}\n`,
      `o\n1e3\n${root}\n`,
      `o\n9007199254740993\n${root}\n`,
      `o\n1\n${root.slice(0, -4)}\n`,
      `o\n1\n${root.replace("=", "")}\n`,
      `o\n1\n${root}\n\nx\n`,
    ])
      expect(readCheckpoint(signNote(text, "o", key)), JSON.stringify(text)).toBeNull();
    expect(readCheckpoint(signNote(`o\n0\n${root}\nextension\n`, "o", key))?.size).toBe(0);
  });
});
