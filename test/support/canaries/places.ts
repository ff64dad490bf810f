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
  return [...parents.keys()].filter(isBelow).flatMap((child) => startOf(child));
}

/** Command line and environment of one process. */
export function startOf(pid: number): Place[] {
  return ["cmdline", "environ"].flatMap((name) => {
    try {
      return [{ name: `${name} of a process`, content: readFileSync(`/proc/${pid}/${name}`) }];
    } catch {
      return [];
    }
  });
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return 0;
  }
}
