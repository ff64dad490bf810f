import { type IdentitySettings, identitySettings } from "../../proxy/api/contract.ts";
import type { Role } from "../../proxy/model/role.ts";

/** A line of the table of groups. `key` stays while it is edited. */
export interface RoleDraft {
  readonly key: string;
  readonly group: string;
  readonly role: Role;
}

/** Identity settings as they are being edited: fields as typed, those of both protocols side by side. */
export interface SettingsDraft {
  readonly kind: "none" | "oidc" | "saml";
  readonly issuer: string;
  readonly clientId: string;
  /** Separated by spaces. */
  readonly scopes: string;
  readonly audience: string;
  readonly entryPoint: string;
  readonly idpIssuer: string;
  readonly idpCertificate: string;
  readonly spIssuer: string;
  readonly consumerPort: string;
  /** Names of the claims (OpenID Connect) or attributes (SAML) that hold them. */
  readonly nameClaim: string;
  readonly emailClaim: string;
  readonly groupsClaim: string;
  readonly roles: readonly RoleDraft[];
  readonly end: IdentitySettings["endOpenSessions"]["kind"];
  readonly minutes: string;
}

/** What is wrong with a draft, by field, as sentences. */
export type SettingsErrors = { readonly [field in keyof SettingsDraft]?: string };

/** What a group of fields needs to show its part of a draft and to change it. */
export interface SettingsFieldsProps {
  readonly draft: SettingsDraft;
  readonly errors: SettingsErrors;
  readonly change: (change: Partial<SettingsDraft>) => void;
}

export type ReadSettings =
  | { readonly ok: true; readonly settings: IdentitySettings }
  | { readonly ok: false; readonly errors: SettingsErrors };

const standard: SettingsDraft = {
  kind: "none",
  issuer: "",
  clientId: "",
  scopes: "profile email groups offline_access",
  audience: "",
  entryPoint: "",
  idpIssuer: "",
  idpCertificate: "",
  spIssuer: "urn:stenograph",
  consumerPort: "0",
  nameClaim: "name",
  emailClaim: "email",
  groupsClaim: "groups",
  roles: [],
  end: "at-once",
  minutes: "15",
};

/** Settings as a draft; what they do not say is what suits most. */
export function settingsDraft({ provider, roles, endOpenSessions }: IdentitySettings): SettingsDraft {
  const draft: SettingsDraft = {
    ...standard,
    roles: roles.map(({ group, role }) => ({ key: crypto.randomUUID(), group, role })),
    end: endOpenSessions.kind,
    minutes: endOpenSessions.kind === "after" ? String(endOpenSessions.minutes) : standard.minutes,
  };
  if (provider === null) return draft;
  const names = provider.kind === "oidc" ? provider.claims : provider.attributes;
  const named = { ...draft, nameClaim: names.name, emailClaim: names.email, groupsClaim: names.groups };
  if (provider.kind === "oidc") {
    const { issuer, clientId, scopes, audience } = provider;
    return { ...named, kind: "oidc", issuer, clientId, scopes: scopes.join(" "), audience: audience ?? "" };
  }
  const { entryPoint, idpIssuer, idpCertificate, spIssuer, consumerPort } = provider;
  return { ...named, kind: "saml", entryPoint, idpIssuer, idpCertificate, spIssuer, consumerPort: String(consumerPort) };
}

/** The settings that a draft comes to, or what is wrong with it: the contract's own schema decides, and its errors are said in words. */
export function readSettings(draft: SettingsDraft): ReadSettings {
  const candidate = {
    provider: providerOf(draft),
    roles: draft.roles.filter(({ group }) => group.trim() !== "").map(({ group, role }) => ({ group: group.trim(), role })),
    endOpenSessions: draft.end === "after" ? { kind: "after", minutes: numberOf(draft.minutes) } : { kind: draft.end },
  };
  const read = identitySettings.safeParse(candidate);
  const errors: { -readonly [field in keyof SettingsErrors]: SettingsErrors[field] } = {};
  for (const { path, message } of read.error?.issues ?? []) {
    const field = fieldOf(path.join("."));
    errors[field] ??= sentences[field] ?? message;
  }
  if (draft.kind !== "none") {
    for (const field of ["nameClaim", "emailClaim", "groupsClaim"] as const) {
      if (draft[field].trim() === "") errors[field] = "Which one? Look it up in what your provider sends.";
    }
  }
  if (!read.success || Object.keys(errors).length > 0) return { ok: false, errors };
  return { ok: true, settings: read.data };
}

function providerOf(draft: SettingsDraft): unknown {
  const names = { name: draft.nameClaim.trim(), email: draft.emailClaim.trim(), groups: draft.groupsClaim.trim() };
  switch (draft.kind) {
    case "none":
      return null;
    case "oidc":
      return {
        kind: "oidc",
        issuer: draft.issuer.trim(),
        clientId: draft.clientId.trim(),
        scopes: draft.scopes.split(/\s+/).filter((scope) => scope !== "" && scope !== "openid"),
        claims: names,
        audience: draft.audience.trim() === "" ? null : draft.audience.trim(),
      };
    case "saml":
      return {
        kind: "saml",
        entryPoint: draft.entryPoint.trim(),
        idpIssuer: draft.idpIssuer.trim(),
        idpCertificate: draft.idpCertificate.trim(),
        spIssuer: draft.spIssuer.trim(),
        consumerPort: numberOf(draft.consumerPort),
        attributes: names,
      };
    default:
      return draft.kind satisfies never;
  }
}

const sentences: SettingsErrors = {
  issuer: "The provider's address, as it names itself: https://…",
  clientId: "Under which id does the provider know this program?",
  entryPoint: "The provider's address for sign-in requests: https://…",
  idpIssuer: "As the provider names itself in its assertions (its entity ID).",
  idpCertificate: "The certificate that the provider signs with, in PEM form.",
  spIssuer: "As the provider knows this program (its entity ID).",
  consumerPort: "A port is a number from 0 to 65535; 0 picks a free one.",
  minutes: "From 1 to 1440 minutes.",
};

function fieldOf(path: string): keyof SettingsDraft {
  const name = path.replace(/^provider\./, "");
  if (name === "endOpenSessions.minutes") return "minutes";
  return name in sentences ? (name as keyof SettingsDraft) : "kind";
}

function numberOf(text: string): number {
  return /^\d+$/.test(text.trim()) ? Number(text.trim()) : -1;
}
