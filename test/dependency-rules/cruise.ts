import { cruise, type ICruiseResult } from "dependency-cruiser";
import { forbidden } from "./rules.ts";

/** One import that a rule forbids, as a line for a person. */
export interface Violation {
  readonly rule: string;
  readonly text: string;
}

/** Reads every module of the product under `root` (an absolute path; imports of types too) and holds it against the rules. */
export async function findViolations(
  root: string,
  folders: readonly string[] = ["proxy", "renderer", "electron"],
): Promise<{ modules: number; violations: Violation[] }> {
  const { output } = await cruise([...folders], {
    baseDir: root,
    // TypeScript 7 has no interface for other programs, so swc parses; it keeps `import type`.
    parser: "swc",
    tsPreCompilationDeps: true,
    validate: true,
    ruleSet: { forbidden: [...forbidden] },
    doNotFollow: { path: "node_modules" },
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
      extensions: [".ts", ".tsx", ".mjs", ".js"],
    },
  });
  const result = output as ICruiseResult;
  const violations = result.summary.violations.map(({ rule, from, to, cycle }) => {
    const path = cycle === undefined ? to : cycle.map((step) => step.name).join(" → ");
    return { rule: rule.name, text: `${rule.name}: ${from} → ${path}` };
  });
  return { modules: result.modules.length, violations };
}
