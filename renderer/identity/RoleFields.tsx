import { Plus, X } from "lucide-react";
import { roles } from "../../proxy/model/role.ts";
import { classNames } from "../styles/class-names.ts";
import controls from "../styles/controls.module.css";
import form from "../styles/form.module.css";
import styles from "./RoleFields.module.css";
import { roleTexts } from "./role-text.ts";
import type { RoleDraft, SettingsFieldsProps } from "./settings-draft.ts";

/** Which of the provider's groups have which roles. */
export function RoleFields({ draft, change }: SettingsFieldsProps) {
  const set = (key: string, part: Partial<RoleDraft>): void =>
    change({ roles: draft.roles.map((line) => (line.key === key ? { ...line, ...part } : line)) });
  return (
    <fieldset className={form.group}>
      <legend className={form.legend}>Roles</legend>
      {draft.roles.length > 0 && (
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col" className={styles.heading}>
                Members of the group
              </th>
              <th scope="col" className={styles.heading}>
                have the role
              </th>
              <td />
              <td />
            </tr>
          </thead>
          <tbody>
            {draft.roles.map(({ key, group, role }, place) => (
              <tr key={key}>
                <td>
                  <input
                    className={controls.input}
                    aria-label={`Group ${place + 1}`}
                    spellCheck={false}
                    value={group}
                    onChange={(event) => set(key, { group: event.target.value })}
                  />
                </td>
                <td>
                  <select
                    className={controls.input}
                    aria-label={`Role of group ${place + 1}`}
                    value={role}
                    onChange={(event) => set(key, { role: roles.find((one) => one === event.target.value) ?? role })}
                  >
                    {roles.map((one) => (
                      <option key={one} value={one}>
                        {one}
                      </option>
                    ))}
                  </select>
                </td>
                <td className={styles.text}>{roleTexts[role]}</td>
                <td>
                  <button
                    type="button"
                    className={controls.icon}
                    aria-label={`Take the role of group ${place + 1} away`}
                    onClick={() => change({ roles: draft.roles.filter((line) => line.key !== key) })}
                  >
                    <X size={14} aria-hidden="true" />
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div>
        <button
          type="button"
          className={classNames(controls.button, controls.small)}
          onClick={() => change({ roles: [...draft.roles, { key: crypto.randomUUID(), group: "", role: "operator" }] })}
        >
          <Plus size={13} aria-hidden="true" /> Add a group
        </button>
      </div>
    </fieldset>
  );
}
