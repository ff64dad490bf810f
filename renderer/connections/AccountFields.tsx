import type { ConnectionListed } from "../../proxy/api/contract.ts";
import { Field } from "../shell/Field.tsx";
import styles from "../styles/form.module.css";
import type { DraftFieldsProps } from "./draft.ts";
import { SecretField } from "./SecretField.tsx";

interface AccountFieldsProps extends DraftFieldsProps {
  /** What the core has stored; `null` for a new connection. */
  readonly listed: ConnectionListed | null;
}

/** Whose account signs in upstream. */
export function AccountFields({ draft, errors, change, listed }: AccountFieldsProps) {
  const mapped = draft.auth === "mapped";
  const asksWhoItIs = mapped && draft.identity === "sign-in";
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>Accounts</legend>
      <Field
        label="Sign-in"
        hint={
          asksWhoItIs
            ? "Clients sign in to Stenograph with a credential of their own; Stenograph signs in upstream with the stored account."
            : mapped
              ? "Clients sign in to Stenograph with the credential below; Stenograph signs in upstream with the stored account."
              : "Clients sign in upstream with their own account and password, which Stenograph passes on and does not keep."
        }
      >
        {(control) => (
          <select
            {...control}
            value={draft.auth}
            onChange={(event) => change({ auth: event.target.value === "mapped" ? "mapped" : "passthrough" })}
          >
            <option value="passthrough">Clients' own accounts (passthrough)</option>
            <option value="mapped">A stored account (mapped)</option>
          </select>
        )}
      </Field>
      {mapped && (
        <>
          <Field label="Upstream account" error={errors.upstreamUser}>
            {(control) => (
              <input
                {...control}
                autoComplete="off"
                value={draft.upstreamUser}
                onChange={(event) => change({ upstreamUser: event.target.value })}
              />
            )}
          </Field>
          <SecretField
            label="Upstream password"
            secret={draft.upstreamPassword}
            stored={listed?.hasUpstreamPassword ?? false}
            onChange={(upstreamPassword) => change({ upstreamPassword })}
          />
          <details open={listed?.hasUpstreamPassword2 || listed?.hasUpstreamPassword3}>
            <summary className={styles.more}>The account has more factors</summary>
            <div className={styles.further}>
              <SecretField
                label="Second factor’s password"
                secret={draft.upstreamPassword2}
                stored={listed?.hasUpstreamPassword2 ?? false}
                onChange={(upstreamPassword2) => change({ upstreamPassword2 })}
              />
              <SecretField
                label="Third factor’s password"
                secret={draft.upstreamPassword3}
                stored={listed?.hasUpstreamPassword3 ?? false}
                onChange={(upstreamPassword3) => change({ upstreamPassword3 })}
              />
            </div>
          </details>
          <Field
            label="Clients are"
            hint={
              asksWhoItIs
                ? "Everybody makes a credential of their own here, which ends with their sign-in; machines present their own. What they run is recorded under their name, authenticated."
                : "Whoever knows the credential below. What they run is recorded under the name of this workstation's user, not authenticated."
            }
          >
            {(control) => (
              <select
                {...control}
                value={draft.identity}
                onChange={(event) => change({ identity: event.target.value === "sign-in" ? "sign-in" : "os-user" })}
              >
                <option value="os-user">The user of this workstation, not authenticated</option>
                <option value="sign-in">Who signed in, and registered machines</option>
              </select>
            )}
          </Field>
          {!asksWhoItIs && (
            <>
              <Field label="Client user name" error={errors.clientUser}>
                {(control) => (
                  <input
                    {...control}
                    autoComplete="off"
                    value={draft.clientUser}
                    onChange={(event) => change({ clientUser: event.target.value })}
                  />
                )}
              </Field>
              <SecretField
                label="Client password"
                secret={draft.clientPassword}
                stored={listed?.hasClientPassword ?? false}
                onChange={(clientPassword) => change({ clientPassword })}
              />
            </>
          )}
        </>
      )}
    </fieldset>
  );
}
