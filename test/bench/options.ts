import { parseArgs } from "node:util";

export const benches = ["relay", "library", "scroll", "evidence"] as const;
export type BenchName = (typeof benches)[number];

export interface BenchOptions {
  readonly bench: BenchName;
  /** Length of one run of sysbench. */
  readonly seconds: number;
  /** How often each thing is measured; medians are reported. */
  readonly rounds: number;
  /** Rows of the streamed result, of 1,000 bytes each. */
  readonly streamRows: number;
  /** Statements in the library that is searched or scrolled. */
  readonly statements: number;
  /** Rows of the result that is sealed, exported and verified. */
  readonly rows: number;
  /** Where the JSON goes besides the last line of standard output. */
  readonly json: string | null;
}

export const usage = `usage: npm run bench [-- [relay|library|scroll|evidence] OPTIONS]
  relay (the default): queries through the proxy beside a direct connection and HAProxy
    --seconds N       length of one run of sysbench (5)
    --rounds N        how often each is measured; medians are reported (3)
    --stream-rows N   rows of 1,000 bytes in the streamed result (300000)
  library: indexing, searching, and yielding to load
    --statements N    statements in the library (1000000)
    --seconds N, --rounds N   as above, for the load
  scroll: a browser that scrolls through a library, while statements arrive and while none do
    --statements N    statements in the library (1000000)
  evidence: sealing recordings, and verifying a bundle
    --rows N          rows in the result that is sealed and verified (1000000)
  --json FILE         write the JSON there as well
`;

/** Options of the command line, or the sentence that says what is wrong with it. */
export function parseOptions(args: readonly string[]): BenchOptions | { wrong: string } {
  try {
    const text = { type: "string" } as const;
    const options = { seconds: text, rounds: text, "stream-rows": text, statements: text, rows: text, json: text };
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const bench = benches.find((name) => name === (positionals[0] ?? "relay"));
    if (bench === undefined || positionals.length > 1) return { wrong: `There is no such benchmark: ${positionals.join(" ")}.` };
    return {
      bench,
      seconds: positive("seconds", values.seconds, 5),
      rounds: positive("rounds", values.rounds, 3),
      streamRows: positive("stream-rows", values["stream-rows"], 300_000),
      statements: positive("statements", values.statements, 1_000_000),
      rows: positive("rows", values.rows, 1_000_000),
      json: values.json ?? null,
    };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}

function positive(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} takes a whole number from 1 on, not ${text}.`);
  return number;
}
