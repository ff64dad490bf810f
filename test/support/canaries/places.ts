/** Where secrets could have gone: files, what programs print, what they were started with. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { type Canary, formsOf } from "./canary.ts";

export interface Place {
  readonly name: string;
  readonly content: Buffer;
}

/** A secret in a place where it does not belong. */
export interface Finding {
  readonly of: string;
  readonly form: string;
  readonly place: string;
}

/** Everything of `canaries` that is in `places`, but for what `belongs`. */
export function findCanaries(
  canaries: readonly Canary[],
  places: readonly Place[],
  belongs: (canary: Canary, place: Place, form: string) => boolean = () => false,
): Finding[] {
  return canaries.flatMap((canary) => {
    const forms = formsOf(canary);
    return places.flatMap((place) =>
      forms
        .filter(({ name, bytes }) => place.content.includes(bytes) && !belongs(canary, place, name))
        .map(({ name }) => ({ of: canary.of, form: name, place: place.name })),
    );
  });
}

export function textPlace(name: string, text: string): Place {
  return { name, content: Buffer.from(text) };
}

/** All files below a directory, by their paths from it; those that vanish meanwhile are left out. */
export function filesBelow(directory: string): Place[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .flatMap((file) => {
      try {
        return statSync(file).isFile() ? [{ name: relative(directory, file), content: readFileSync(file) }] : [];
      } catch {
        return [];
      }
    });
}

/** Command lines and environments of the processes that `pid` started, and they in turn, as they are now. */
export function startedBy(pid: number): Place[] {
  const parents = new Map(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), parentOf(Number(name))]),
  );
  const isBelow = (process: number): boolean => {
    const parent = parents.get(process) ?? 0;
    return parent === pid || (parent > 1 && isBelow(parent));
  };
  return [...parents].filter(([child]) => isBelow(child)).flatMap(([child, parent]) => startOf(child, parent));
}

/** Until a process is another program than its parent it has its parent's memory, and so its environment; that is passed over. */
function startOf(pid: number, parent: number): Place[] {
  try {
    const read = (process: number, what: string): Buffer => readFileSync(`/proc/${process}/${what}`);
    const commandLine = read(pid, "cmdline");
    if (commandLine.equals(read(parent, "cmdline"))) return [];
    return [
      { name: "cmdline of a process", content: commandLine },
      { name: "environ of a process", content: read(pid, "environ") },
    ];
  } catch {
    return [];
  }
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return 0;
  }
}
