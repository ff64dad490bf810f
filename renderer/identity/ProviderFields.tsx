import { Field } from "../shell/Field.tsx";
import { TextField } from "../shell/TextField.tsx";
import styles from "../styles/form.module.css";
import type { SettingsFieldsProps } from "./settings-draft.ts";

const kinds = { none: "No provider: nobody signs in", oidc: "OpenID Connect", saml: "SAML 2.0" } as const;

/** Where people sign in. */
export function ProviderFields({ draft, errors, change }: SettingsFieldsProps) {
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>Identity provider</legend>
      <Field
        label="People sign in by"
        error={errors.kind}
        hint={
          draft.kind === "none"
            ? "Sessions are recorded under the name of the operating system's user, not authenticated, and who can open this window may do everything."
            : "Once this is saved, nobody sees anything here before they have signed in."
        }
      >
        {(control) => (
          <select
            {...control}
            value={draft.kind}
            onChange={({ target }) => change({ kind: target.value === "oidc" || target.value === "saml" ? target.value : "none" })}
          >
            {Object.entries(kinds).map(([kind, title]) => (
              <option key={kind} value={kind}>
                {title}
              </option>
            ))}
          </select>
        )}
      </Field>
      {draft.kind === "oidc" && <OidcFields draft={draft} errors={errors} change={change} />}
      {draft.kind === "saml" && <SamlFields draft={draft} errors={errors} change={change} />}
      {draft.kind !== "none" && <ClaimFields draft={draft} errors={errors} change={change} />}
    </fieldset>
  );
}

function OidcFields({ draft, errors, change }: SettingsFieldsProps) {
  return (
    <>
      <TextField
        label="Issuer"
        value={draft.issuer}
        error={errors.issuer}
        placeholder="https://id.example.com"
        hint="The provider's address, as it names itself."
        onChange={(issuer) => change({ issuer })}
      />
      <TextField
        label="Client id"
        value={draft.clientId}
        error={errors.clientId}
        hint="Register Stenograph there as a native (public) application that comes back to http://127.0.0.1/callback, at any port."
        onChange={(clientId) => change({ clientId })}
      />
      <TextField
        label="Scopes"
        value={draft.scopes}
        hint="Besides openid, separated by spaces. With offline_access a sign-in is renewed while Stenograph runs."
        onChange={(scopes) => change({ scopes })}
      />
      <TextField
        label="Audience of tokens"
        value={draft.audience}
        hint="Of tokens that clients present as their password. Empty: the client id."
        onChange={(audience) => change({ audience })}
      />
    </>
  );
}

function SamlFields({ draft, errors, change }: SettingsFieldsProps) {
  return (
    <>
      <TextField
        label="Sign-in address"
        value={draft.entryPoint}
        error={errors.entryPoint}
        placeholder="https://id.example.com/saml/sso"
        hint="Where the provider takes requests by HTTP-Redirect."
        onChange={(entryPoint) => change({ entryPoint })}
      />
      <TextField
        label="Provider's entity ID"
        value={draft.idpIssuer}
        error={errors.idpIssuer}
        onChange={(idpIssuer) => change({ idpIssuer })}
      />
      <Field
        label="Its certificate"
        error={errors.idpCertificate}
        hint="What it signs assertions with, in PEM form; two of them while it changes its key."
      >
        {(control) => (
          <textarea
            {...control}
            rows={4}
            spellCheck={false}
            placeholder="-----BEGIN CERTIFICATE-----"
            value={draft.idpCertificate}
            onChange={(event) => change({ idpCertificate: event.target.value })}
          />
        )}
      </Field>
      <TextField
        label="Own entity ID"
        value={draft.spIssuer}
        error={errors.spIssuer}
        hint="As the provider knows Stenograph."
        onChange={(spIssuer) => change({ spIssuer })}
      />
      <TextField
        label="Port for its answer"
        value={draft.consumerPort}
        error={errors.consumerPort}
        hint="On 127.0.0.1; 0 picks a free one each time. Name one where the provider takes one address only."
        onChange={(consumerPort) => change({ consumerPort })}
      />
    </>
  );
}

/** Under which names the provider tells what is used of a person. */
function ClaimFields({ draft, errors, change }: SettingsFieldsProps) {
  const what = draft.kind === "oidc" ? "claim" : "attribute";
  return (
    <>
      <TextField
        label={`Name's ${what}`}
        value={draft.nameClaim}
        error={errors.nameClaim}
        onChange={(nameClaim) => change({ nameClaim })}
      />
      <TextField
        label={`E-mail's ${what}`}
        value={draft.emailClaim}
        error={errors.emailClaim}
        onChange={(emailClaim) => change({ emailClaim })}
      />
      <TextField
        label={`Groups' ${what}`}
        value={draft.groupsClaim}
        error={errors.groupsClaim}
        hint="The groups in it give people their roles, below."
        onChange={(groupsClaim) => change({ groupsClaim })}
      />
    </>
  );
}
