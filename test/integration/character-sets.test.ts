import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Capability } from "../../proxy/protocol/capabilities.ts";
import { characterSetOf, decodeText } from "../../proxy/protocol/character-set.ts";
import { available } from "../support/servers.ts";
import { readResult } from "../support/wire/read-results.ts";
import { usualCapabilities, WireClient } from "../support/wire/wire-client.ts";

const sample = "Aé€ßąжшאبαกÆ日本中文한글ｱ~\\ 😀";

/** Of the sets of several bytes, where such a code begins and what may follow, in hexadecimal. */
const codes: { readonly [name: string]: readonly string[] } = {
  big5: twoBytes(0xa1, 0xf9, 0x40),
  cp932: [...twoBytes(0x81, 0x9f, 0x40), ...twoBytes(0xe0, 0xfc, 0x40)],
  eucjpms: [...twoBytes(0xa1, 0xfe, 0xa1), ...kana(), ...twoBytes(0xa1, 0xfe, 0xa1).map((code) => `8f${code}`)],
  euckr: twoBytes(0x81, 0xfe, 0x41),
  gb18030: [...twoBytes(0x81, 0xfe, 0x40), ...fourBytes()],
  gb2312: twoBytes(0xa1, 0xfe, 0xa1),
  gbk: twoBytes(0x81, 0xfe, 0x40),
  sjis: [...twoBytes(0x81, 0x9f, 0x40), ...twoBytes(0xe0, 0xfc, 0x40)],
  ujis: [...twoBytes(0xa1, 0xfe, 0xa1), ...kana(), ...twoBytes(0xa1, 0xfe, 0xa1).map((code) => `8f${code}`)],
};

function hex(...bytes: number[]): string {
  return Buffer.from(bytes).toString("hex");
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function twoBytes(first: number, last: number, firstBehind: number): string[] {
  return range(first, last).flatMap((lead) => range(firstBehind, 0xfe).map((trail) => hex(lead, trail)));
}

function kana(): string[] {
  return range(0xa1, 0xdf).map((trail) => hex(0x8e, trail));
}

/** All of the Basic Multilingual Plane that has four bytes, and the ends of what is beyond it. */
function fourBytes(): string[] {
  const behind = range(0x30, 0x39);
  const bmp = range(0x81, 0x84).flatMap((a) => behind.flatMap((b) => range(0x81, 0xfe).flatMap((c) => behind.map((d) => hex(a, b, c, d)))));
  return [...bmp, "90308130", "9439fc36", "e3329a35"];
}

for (const server of available(inject("servers"))) {
  describe(`text from ${server.kind}`, () => {
    let client: WireClient;
    beforeAll(async () => {
      client = await WireClient.connect(server, server.app, usualCapabilities | Capability.DEPRECATE_EOF);
    });
    afterAll(async () => {
      await client.quit();
    });

    async function rows(sql: string): Promise<string[][]> {
      return readResult(await client.query(sql), false).rows.map((row) =>
        row.map((value) => (typeof value === "string" ? value : Buffer.from(value?.base64 ?? "", "base64").toString("hex"))),
      );
    }

    async function idsBySet(): Promise<Map<string, number[]>> {
      const collations =
        server.kind === "mariadb"
          ? "SELECT ID, CHARACTER_SET_NAME FROM information_schema.COLLATION_CHARACTER_SET_APPLICABILITY"
          : "SELECT ID, CHARACTER_SET_NAME FROM information_schema.COLLATIONS";
      const found = Map.groupBy(await rows(collations), ([, name]) => name ?? "");
      return new Map([...found].map(([name, all]) => [name, all.map(([id]) => Number(id))]));
    }

    it("is read as the server means it, in the character set of every collation", async () => {
      for (const [name, ids] of await idsBySet()) {
        if (name === "binary") continue;
        const converted = `CONVERT('${sample.replace("\\", "\\\\")}' USING ${name})`;
        const [row] = await rows(`SELECT CAST(${converted} AS BINARY), CONVERT(${converted} USING utf8mb4)`);
        const [bytes = "", text] = row ?? [];
        for (const id of ids) {
          expect(characterSetOf(id), `${name}, collation ${id}`).not.toBe("unknown");
          expect(decodeText(Buffer.from(bytes, "hex"), id), `${name}, collation ${id}`).toBe(text);
        }
      }
    });

    it("has every character of every set that servers have in it, and no character where they have none", async () => {
      for (const [name, [id = 0]] of await idsBySet()) {
        if (/^(binary|ascii|utf|ucs)/.test(name)) continue;
        const differing: string[] = [];
        const single = range(0, 255).map((byte) => hex(byte));
        for (const part of slices([...single, ...(codes[name] ?? [])], 8192)) {
          const list = JSON.stringify(part);
          const sql = `SELECT code, HEX(CONVERT(CONVERT(UNHEX(code) USING ${name}) USING utf8mb4))
            FROM JSON_TABLE('${list}', '$[*]' COLUMNS (code VARCHAR(8) PATH '$')) AS t`;
          for (const [code = "", meant = ""] of await rows(sql)) {
            const expected = character(code, Buffer.from(meant, "hex").toString());
            const shown = decodeText(Buffer.from(code, "hex"), id);
            if (shown !== expected) differing.push(`${code}: ${expected} is shown as ${shown}`);
          }
        }
        expect(differing, name).toEqual([]);
      }
    });
  });
}

function slices<T>(all: readonly T[], length: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / length) }, (_, index) => all.slice(index * length, (index + 1) * length));
}

/** What servers convert to is a question mark, U+FFFD or nothing where a code is no character. */
function character(code: string, converted: string): string | null {
  const none = converted === "" || converted.includes("\ufffd") || (converted.includes("?") && code !== "3f");
  return none ? null : converted;
}
