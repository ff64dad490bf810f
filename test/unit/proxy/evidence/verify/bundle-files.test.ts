import fs from "node:fs";
import { crc32, deflateRawSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { ZipFile } from "yazl";
import { bundleLimits } from "../../../../../proxy/evidence/verify/limits.ts";
import { LineWalk } from "../../../../../proxy/evidence/verify/line-walk.ts";
import type { FaultCode } from "../../../../../proxy/evidence/verify/verdict.ts";
import { withBundleFiles } from "../../../../support/evidence/opened-files.ts";
import { descriptorOf, type HandEntry, type HandZip, zipByHand } from "../../../../support/evidence/zip-by-hand.ts";

// A busy machine may take long; nothing here waits for a time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const bagit: HandEntry = { name: "bagit.txt", content: "BagIt-Version: 1.0\n" };
const report: HandEntry = { name: "data/report.html", content: "<p>a report</p>\n".repeat(20), deflate: true };
const events = "data/sessions/019ab8f2-0000-7000-8000-000000000001/events.jsonl";

async function read(bytes: Buffer): Promise<Record<string, string>> {
  return withBundleFiles(bytes, async (files) => {
    const found: Record<string, string> = {};
    for (const name of files.names) found[name] = (await files.whole(name)).toString("utf8");
    return found;
  });
}

async function refused(code: FaultCode, reason: RegExp, entries: readonly HandEntry[], around: HandZip = {}): Promise<void> {
  await expect(read(zipByHand(entries, around))).rejects.toMatchObject({
    name: "BundleFault",
    code,
    message: expect.stringMatching(reason),
  });
}

describe("the files of a bundle", () => {
  it("are read, stored or deflated, with sizes before or behind them", async () => {
    const content = "described behind";
    const described = { name: "sig/export.tsr", content, flags: 0x0808, descriptor: descriptorOf(content) };
    expect(await read(zipByHand([bagit, report, described]))).toEqual({
      "bagit.txt": bagit.content,
      "data/report.html": report.content,
      "sig/export.tsr": content,
    });
  });

  it("are read as yazl writes them, in the long form too", async () => {
    const zip = new ZipFile();
    const times = { mtime: new Date(0), mode: 0o100600 };
    zip.addBuffer(Buffer.from("one"), "bagit.txt", { ...times, forceZip64Format: true });
    zip.addBuffer(Buffer.from("two ".repeat(40)), "bag-info.txt", { ...times, compress: true });
    zip.end({ forceZip64Format: true, comment: "" });
    const pieces: Buffer[] = [];
    for await (const piece of zip.outputStream as unknown as AsyncIterable<Buffer>) pieces.push(piece);
    expect(await read(Buffer.concat(pieces))).toEqual({ "bagit.txt": "one", "bag-info.txt": "two ".repeat(40) });
  });

  it.each<[string, string | Buffer, RegExp]>([
    ["an absolute path", "/etc/passwd", /absolute path/],
    ["a drive", "C:/autoexec.bat", /absolute path/],
    ["a way out", "data/../../outside.txt", /leads out/],
    ["a way out at the start", "../bagit.txt", /leads out/],
    ["a way that stays", "data/./report.html", /leads out/],
    ["a backslash", "data\\report.html", /backslash/],
    ["a folder", "data/", /folder/],
    ["a double slash", "data//report.html", /folder/],
    ["no characters", "", /no name/],
    ["a control character", "bagit\n.txt", /characters/],
    ["a turned direction", "bagit\u202etxt.exe", /characters/],
    ["bytes that are not UTF-8", Buffer.from([0x62, 0xff, 0xfe]), /characters/],
    ["a null byte", "bagit.txt\0.exe", /characters/],
    ["very many characters", `data/${"x".repeat(500)}`, /bytes long/],
  ])("are refused where a name has %s", (_what, name, reason) => refused("E_CONTAINER", reason, [{ name, content: "" }]));

  it("are refused where a name is there twice, or differs in case only", async () => {
    await refused("E_CONTAINER", /twice/, [bagit, bagit]);
    await refused("E_CONTAINER", /twice/, [bagit, { name: "BagIt.txt", content: "" }]);
    await refused("E_CONTAINER", /folder that is a file/, [
      { name: "data/report.html", content: "" },
      { name: "data/report.html/x", content: "" },
    ]);
  });

  it("are refused where a bundle has no file of that name", async () => {
    await refused("E_EXTRA", /no such file/, [bagit, { name: "data/notes.txt", content: "" }]);
    await refused("E_EXTRA", /no such file/, [{ name: "data/sessions/..%2f/header.json", content: "" }]);
    await refused("E_EXTRA", /no such file/, [{ name: "__proto__", content: "" }]);
  });

  it("are refused where one is a link, a folder or a device", async () => {
    for (const type of [0o120777, 0o040755, 0o020666, 0o140777]) {
      await refused("E_CONTAINER", /not a plain file/, [{ ...bagit, externalAttributes: type * 0x10000 }]);
    }
  });

  it("are refused where the header before the content says something else than the list of files", async () => {
    await refused("E_CONTAINER", /disagrees/, [{ ...bagit, localName: "bagut.txt" }]);
    await refused("E_CONTAINER", /disagrees/, [{ ...bagit, localMethod: 8 }]);
    await refused("E_CONTAINER", /disagrees/, [{ ...bagit, localSize: 5 }]);
    const told = descriptorOf("content", 3);
    await refused("E_CONTAINER", /disagree/, [{ name: "bagit.txt", content: "content", flags: 8, descriptor: told }]);
  });

  it("are refused where they overlap, or bytes belong to none of them", async () => {
    await refused("E_CONTAINER", /overlaps/, [bagit, { ...bagit, name: "bag-info.txt", offset: 0 }]);
    await refused("E_CONTAINER", /overlaps/, [bagit], { before: Buffer.from("#!/bin/sh\n") });
    await refused("E_CONTAINER", /belong to no file/, [bagit], { between: Buffer.from("hidden") });
    await refused("E_CONTAINER", /does not end as a ZIP/, [bagit], { behind: Buffer.from("appended") });
    await refused("E_CONTAINER", /two ways/, [bagit, report], { count: 1 });
    await refused("E_CONTAINER", /cannot be unpacked|two ways/, [bagit], { count: 2 });
  });

  it("are refused where a field could give one another name, or a comment hides something", async () => {
    const unicodePath = Buffer.from([0x75, 0x70, 0x01, 0x00, 0x01]);
    await refused("E_CONTAINER", /another name/, [{ ...bagit, extra: unicodePath }]);
    await refused("E_CONTAINER", /comment/, [{ ...bagit, comment: "hidden" }]);
  });

  it("are refused where one is encrypted or packed in an unknown way", async () => {
    await refused("E_CONTAINER", /encrypted|packed/, [{ ...bagit, flags: 1 }]);
    await refused("E_CONTAINER", /method 12/, [{ ...bagit, method: 12 }]);
  });

  it("are refused where one grows out of proportion, whatever size is told", async () => {
    const zeros = Buffer.alloc(1_000_000);
    await refused("E_CONTAINER", /200-fold/, [{ name: "data/report.html", content: zeros, deflate: true }]);
    await refused("E_CONTAINER", /cannot be unpacked/, [{ name: "data/report.html", content: zeros, deflate: true, size: 1000 }]);
  });

  it("are refused where there are too many, before they are read", async () => {
    const many = Array.from({ length: bundleLimits.entries + 1 }, (_, index) => ({ name: `custody/${index}.json`, content: "" }));
    await refused("E_CONTAINER", /10001 files/, many);
  });

  it("are refused where the content is not what the ZIP's checksum says, or no deflate", async () => {
    await refused("E_CONTAINER", /checksum/, [{ ...bagit, crc: crc32(Buffer.from("other")) }]);
    const broken = deflateRawSync(Buffer.from("a text to be broken ".repeat(10))).fill(0xff, 3, 8);
    await refused("E_CONTAINER", /cannot be unpacked/, [{ name: "bagit.txt", content: broken, method: 8, size: 200 }]);
  });

  it("are refused at every length that they are cut to, and where they are nothing at all", async () => {
    const whole = zipByHand([bagit, report]);
    for (let length = 0; length < whole.length; length += 1) {
      await expect(read(whole.subarray(0, length))).rejects.toMatchObject({ code: "E_CONTAINER" });
    }
  });

  it("are not believed where they change between two readings", async () => {
    await withBundleFiles(zipByHand([bagit]), async (files, fd) => {
      await files.whole("bagit.txt");
      const at = 30 + "bagit.txt".length;
      fs.writeSync(fd, "X", at);
      await expect(files.whole("bagit.txt")).rejects.toMatchObject({ name: "BundleFault" });
    });
  });
});

describe("the lines of a file of a bundle", () => {
  async function linesOf(content: string): Promise<[number, string][]> {
    return withBundleFiles(zipByHand([{ name: events, content }]), async (files) => {
      const walk = new LineWalk(files, events);
      const lines: [number, string][] = [];
      for (let line = await walk.next(); line !== null; line = await walk.next()) lines.push([line.number, line.bytes.toString("utf8")]);
      return lines;
    });
  }

  it("come one by one, also where they are longer than a piece of the file", async () => {
    const long = "x".repeat(300_000);
    expect(await linesOf(`a\n\n${long}\nb\n`)).toEqual([
      [1, "a"],
      [2, ""],
      [3, long],
      [4, "b"],
    ]);
    expect(await linesOf("")).toEqual([]);
  });

  it("must end", () => expect(linesOf("a\nb")).rejects.toMatchObject({ code: "E_TYPE", position: "line 2" }));

  it("are refused beyond 16 MiB, without the rest of the file being read", async () => {
    await expect(linesOf(`a\n${"x".repeat(bundleLimits.lineBytes + 1)}\n`)).rejects.toMatchObject({
      code: "E_CONTAINER",
      position: "line 2",
    });
  });
});
