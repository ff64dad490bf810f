import manifest from "../package.json" with { type: "json" };

/** This program's version, from the one place that names it. */
export const programVersion: string = manifest.version;
