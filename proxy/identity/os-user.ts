import { userInfo } from "node:os";
import type { OsUserActor } from "../model/actor.ts";

/**
 * The operating system's user as the actor of what this workstation records: a fact about the machine, never shown
 * as proven. Where the system has no name for the user id (a container), the id stands for it.
 */
export function osUserActor(): OsUserActor {
  return { kind: "os-user", name: userName(), authenticated: false };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? "unknown"}`;
  }
}
