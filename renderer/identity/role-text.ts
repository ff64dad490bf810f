import type { Role } from "../../proxy/model/role.ts";
import type { Usable } from "../state/identity.ts";

/** What each role is for. */
export const roleTexts: { readonly [role in Role]: string } = {
  operator: "Runs sessions with credentials of their own, and reads those sessions.",
  approver: "Will decide what waits for approval. Nothing can wait for it yet, so it has nothing to see so far.",
  auditor: "Reads every session of everybody; runs nothing.",
  admin: "Sets up connections, machines and sign-in.",
};

/** Something that a person may want to do, and the roles of which one is needed for it. */
export interface Ability {
  readonly title: string;
  /** What it comes down to at the core, which decides. */
  readonly call: Usable;
  readonly needs: readonly Role[];
}

const readers: readonly Role[] = ["operator", "auditor"];

/** What people can do here, in the order of how often they do. */
export const abilities: readonly Ability[] = [
  { title: "Read recorded sessions", call: "sessions.list", needs: readers },
  { title: "See connections", call: "connections.list", needs: ["operator", "auditor", "admin"] },
  { title: "Connect clients with a credential of one's own", call: "credentials.mint", needs: ["operator"] },
  { title: "Start and stop listeners", call: "connections.start", needs: ["operator", "admin"] },
  { title: "Read how clients connect", call: "connections.snippets", needs: ["operator", "admin"] },
  { title: "Add, change and remove connections", call: "connections.save", needs: ["admin"] },
  { title: "See machines", call: "machines.list", needs: ["auditor", "admin"] },
  { title: "Register, rotate and revoke machines", call: "machines.register", needs: ["admin"] },
  { title: "Set up how people sign in, and which groups have which role", call: "identity.saveSettings", needs: ["admin"] },
  { title: "Rebuild the library", call: "library.reindex", needs: ["admin"] },
];

/** `a`, `a or b`, `a, b or c`. */
export function eitherOf(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** Why something is not offered, as a sentence that begins with `what`, e.g. “Changing it”. */
export function whyNot(call: Usable, what: string): string {
  const needs = needsOf(call);
  return needs.length === 0 ? `${what} is not for your roles.` : `${what} needs the role ${eitherOf(needs)}, which you do not have.`;
}

function needsOf(call: Usable): readonly Role[] {
  const listed = abilities.find((ability) => ability.call === call)?.needs;
  if (listed !== undefined) return listed;
  if (call === "identity.settings") return ["admin"];
  return /^(statements|sessions)\./.test(call) ? readers : [];
}
