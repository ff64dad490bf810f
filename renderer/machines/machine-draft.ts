import type { MachineSettings } from "../../proxy/api/contract.ts";

/** A machine as it is being written down. */
export interface MachineDraft {
  readonly name: string;
  readonly owner: string;
  /** Separated by commas. */
  readonly groups: string;
  /** Ids; empty for all. */
  readonly connections: readonly string[];
  /** A local day, `YYYY-MM-DD`, at whose end it expires; empty for never. */
  readonly until: string;
  readonly presents: "secret" | "token";
  readonly tokenSubject: string;
}

export type MachineErrors = { readonly [field in keyof MachineDraft]?: string };

export type ReadMachine =
  | { readonly ok: true; readonly settings: MachineSettings }
  | { readonly ok: false; readonly errors: MachineErrors };

/** A new machine with a secret; `owner` is who registers it, most of the time. */
export function emptyMachine(owner: string): MachineDraft {
  return { name: "", owner, groups: "", connections: [], until: "", presents: "secret", tokenSubject: "" };
}

/** The settings that a draft comes to, or what is wrong with it; `now` in milliseconds. */
export function readMachine(draft: MachineDraft, now: number): ReadMachine {
  const name = draft.name.trim();
  const owner = draft.owner.trim();
  const tokenSubject = draft.tokenSubject.trim();
  const until = draft.until === "" ? null : new Date(`${draft.until}T23:59:59`).getTime();
  const errors: { -readonly [field in keyof MachineErrors]: MachineErrors[field] } = {};
  if (name === "" || name.length > 100) errors.name = "Give the machine a name of at most 100 characters.";
  if (owner === "" || owner.length > 200) errors.owner = "Who answers for it? Name a person.";
  if (until !== null && !(until > now)) errors.until = "It would have expired already. Choose a later day, or none.";
  if (draft.presents === "token" && tokenSubject === "") errors.tokenSubject = "Which subject do its tokens have?";
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  return {
    ok: true,
    settings: {
      name,
      owner,
      groups: draft.groups
        .split(",")
        .map((group) => group.trim())
        .filter((group) => group !== ""),
      connections: draft.connections.length === 0 ? null : draft.connections,
      until: until === null ? null : until * 1000,
      tokenSubject: draft.presents === "token" ? tokenSubject : null,
    },
  };
}
