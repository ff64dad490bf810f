/** Makes `grammar.generated.js` from `grammar.peggy`: `node proxy/filter/generate-grammar.ts` after each change of the grammar. */
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import peggy from "peggy";

export const grammarFile = new URL("./grammar.peggy", import.meta.url);
export const parserFile = new URL("./grammar.generated.js", import.meta.url);

/** The parser's program text for a grammar. */
export function generateParser(grammar: string): string {
  return peggy.generate(grammar, { output: "source", format: "es", grammarSource: "grammar.peggy" });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  fs.writeFileSync(parserFile, generateParser(fs.readFileSync(grammarFile, "utf8")));
}
