import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Capability } from "../../proxy/protocol/capabilities.ts";
import { decodeText, encodingOf } from "../../proxy/protocol/character-set.ts";
import { available } from "../support/servers.ts";
import { readResult } from "../support/wire/read-results.ts";
import { usualCapabilities, WireClient } from "../support/wire/wire-client.ts";

const sample = "Aé€ßąжшאبαกÆ日本中文한글ｱ~\\ 😀";

/** Character sets of servers that the Encoding Standard does not have: text in them is shown where it is ASCII. */
const withoutEncoding = ["armscii8", "cp850", "cp852", "dec8", "geostd8", "hp8", "keybcs2", "macce", "swe7"];

/** Characters that the Encoding Standard has elsewhere in a set than servers do, or not at all. */
const differing: { readonly [name: string]: string } = { big5: "жш", sjis: "\\", cp932: "\\", euckr: "€®" };

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

    it("is read as the server means it, in the character set of every collation", async () => {
      const collations =
        server.kind === "mariadb"
          ? "SELECT ID, CHARACTER_SET_NAME FROM information_schema.COLLATION_CHARACTER_SET_APPLICABILITY"
          : "SELECT ID, CHARACTER_SET_NAME FROM information_schema.COLLATIONS";
      const idsBySet = Map.groupBy(await rows(collations), ([, name]) => name ?? "");
      const unknown: string[] = [];
      for (const [name, found] of idsBySet) {
        if (name === "binary") continue;
        const ids = found.map(([id]) => Number(id));
        if (ids.every((id) => encodingOf(id) === "unknown")) {
          unknown.push(name);
          continue;
        }
        const known = [...sample].filter((character) => !differing[name]?.includes(character)).join("");
        const converted = `CONVERT('${known.replace("\\", "\\\\")}' USING ${name})`;
        const [row] = await rows(`SELECT CAST(${converted} AS BINARY), CONVERT(${converted} USING utf8mb4)`);
        const [bytes = "", text] = row ?? [];
        for (const id of ids) expect(decodeText(Buffer.from(bytes, "hex"), id), `${name}, collation ${id}`).toBe(text);
      }
      expect(unknown.sort()).toEqual(withoutEncoding);
    });
  });
}
