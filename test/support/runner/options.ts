import { parseArgs } from "node:util";

/** What a test run was asked for. */
export interface RunOptions {
  /** Only what needs no servers and no browser. */
  readonly quick: boolean;
  /** A missing part is a failure and not merely reported. */
  readonly requireAll: boolean;
  /** Names of the only stages to run; empty for all. */
  readonly stages: readonly string[];
}

export const usage = `usage: npm test [-- OPTIONS]
  --quick        only what needs no servers and no browser (npm run check)
  --stage NAME   only this stage; may be repeated
  --require-all  a part of the machine that is missing is a failure (also: CI=true in the environment)
`;

/** Options of the command line, or the sentence that says what is wrong with it. */
export function parseOptions(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  known: readonly string[],
): RunOptions | { wrong: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { quick: { type: "boolean" }, "require-all": { type: "boolean" }, stage: { type: "string", multiple: true } },
    });
    const stages = values.stage ?? [];
    const unknown = stages.find((name) => !known.includes(name));
    if (unknown !== undefined) return { wrong: `There is no stage named ${unknown}. The stages are: ${known.join(", ")}.` };
    return { quick: values.quick ?? false, requireAll: values["require-all"] ?? environment.CI === "true", stages };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}
