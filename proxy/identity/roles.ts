import { type Role, roles } from "../model/role.ts";
import type { GroupRole } from "./identity-settings.ts";

/** The roles of a member of `groups`, in the order in which roles are listed. Groups are compared to the letter. */
export function rolesOf(groups: readonly string[], table: readonly GroupRole[]): readonly Role[] {
  const member = new Set(groups);
  const given = new Set(table.filter(({ group }) => member.has(group)).map(({ role }) => role));
  return roles.filter((role) => given.has(role));
}
