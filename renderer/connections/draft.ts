import {
  type ConnectionInput,
  type ConnectionListed,
  type ConnectionSecretsInput,
  connection as connectionSchema,
} from "../../proxy/api/contract.ts";
import { connectionSecretNames } from "../../proxy/model/connection.ts";
import { type Endpoint, socketPathOf } from "../../proxy/model/endpoint.ts";

/** A secret while a connection is edited: kept as stored, replaced by a new one, or removed. */
export type SecretDraft = { readonly change: "keep" } | { readonly change: "set"; readonly text: string } | { readonly change: "remove" };

/** A connection as it is being edited: fields as typed, so that what is wrong can be said next to it. */
export interface ConnectionDraft {
  readonly id: string;
  readonly name: string;
  readonly listenHost: string;
  readonly listenPort: string;
  readonly upstreamHost: string;
  readonly upstreamPort: string;
  readonly auth: ConnectionInput["auth"];
  readonly identity: ConnectionListed["identity"];
  readonly upstreamUser: string;
  readonly upstreamPassword: SecretDraft;
  readonly upstreamPassword2: SecretDraft;
  readonly upstreamPassword3: SecretDraft;
  readonly clientUser: string;
  readonly clientPassword: SecretDraft;
  readonly upstreamTls: ConnectionInput["upstreamTls"];
  readonly upstreamCa: string;
  readonly upstreamCompression: ConnectionListed["upstreamCompression"];
  readonly proxyProtocol: ConnectionListed["proxyProtocol"];
  readonly clientTls: ConnectionInput["clientTls"];
  readonly durability: ConnectionInput["durability"];
}

/** What is wrong with a draft, by field, as sentences. */
export type DraftErrors = { readonly [field in keyof ConnectionDraft]?: string };

/** What a group of fields needs to show its part of a draft and to change it. */
export interface DraftFieldsProps {
  readonly draft: ConnectionDraft;
  readonly errors: DraftErrors;
  readonly change: (change: Partial<ConnectionDraft>) => void;
}

/** What a draft comes to: the call's input, or what is wrong. */
export type ReadDraft =
  | { readonly ok: true; readonly connection: ConnectionInput; readonly secrets: ConnectionSecretsInput }
  | { readonly ok: false; readonly errors: DraftErrors };

const keep: SecretDraft = { change: "keep" };

/** A new connection with what suits most: a local server, clients' own accounts. */
export function emptyDraft(id: string): ConnectionDraft {
  return {
    id,
    name: "",
    listenHost: "127.0.0.1",
    listenPort: "0",
    upstreamHost: "127.0.0.1",
    upstreamPort: "3306",
    auth: "passthrough",
    identity: "os-user",
    upstreamUser: "",
    upstreamPassword: keep,
    upstreamPassword2: keep,
    upstreamPassword3: keep,
    clientUser: "",
    clientPassword: keep,
    upstreamTls: "preferred",
    upstreamCa: "",
    upstreamCompression: "off",
    proxyProtocol: "off",
    clientTls: "optional",
    durability: "os",
  };
}

/** A listed connection as a draft. Stored secrets are not in it, and stay as they are unless changed. */
export function draftOf(listed: ConnectionListed): ConnectionDraft {
  return {
    id: listed.id,
    name: listed.name,
    listenHost: listed.listen.host,
    listenPort: String(listed.listen.port),
    upstreamHost: listed.upstream.host,
    upstreamPort: String(listed.upstream.port),
    auth: listed.auth,
    identity: listed.identity,
    upstreamUser: listed.upstreamUser ?? "",
    upstreamPassword: keep,
    upstreamPassword2: keep,
    upstreamPassword3: keep,
    clientUser: listed.clientUser ?? "",
    clientPassword: keep,
    upstreamTls: listed.upstreamTls,
    upstreamCa: listed.upstreamCa ?? "",
    upstreamCompression: listed.upstreamCompression,
    proxyProtocol: listed.proxyProtocol,
    clientTls: listed.clientTls,
    durability: listed.durability,
  };
}

/** Reads a draft: the contract's own schema decides, and each field's error is said in words. */
export function readDraft(draft: ConnectionDraft): ReadDraft {
  const mapped = draft.auth === "mapped";
  const asksWhoItIs = mapped && draft.identity === "sign-in";
  const candidate = {
    id: draft.id,
    name: draft.name,
    listen: endpointOf(draft.listenHost.trim(), draft.listenPort),
    upstream: endpointOf(draft.upstreamHost.trim(), draft.upstreamPort),
    auth: draft.auth,
    identity: mapped ? draft.identity : "os-user",
    upstreamUser: mapped ? draft.upstreamUser : null,
    clientUser: mapped && !asksWhoItIs ? draft.clientUser : null,
    upstreamTls: draft.upstreamTls,
    upstreamCa: draft.upstreamCa.trim() === "" ? null : draft.upstreamCa,
    upstreamCompression: draft.upstreamCompression,
    proxyProtocol: draft.proxyProtocol,
    clientTls: draft.clientTls,
    durability: draft.durability,
  } satisfies ConnectionInput;
  const errors: { -readonly [field in keyof DraftErrors]: DraftErrors[field] } = {};
  const read = connectionSchema.safeParse(candidate);
  for (const issue of read.error?.issues ?? []) {
    const field = fieldOf(issue.path.join("."));
    errors[field] ??= sentences[field] ?? issue.message;
  }
  if (read.success && read.data.upstream.port === 0 && socketPathOf(read.data.upstream) === null)
    errors.upstreamPort = "The upstream's port cannot be 0; MySQL's own is 3306.";
  if (mapped && draft.upstreamUser === "") errors.upstreamUser = "Which account signs in upstream?";
  if (mapped && !asksWhoItIs && draft.clientUser === "") errors.clientUser = "Which user name do clients present?";
  if (draft.upstreamCa.trim() !== "" && !draft.upstreamCa.includes("-----BEGIN CERTIFICATE-----")) {
    errors.upstreamCa = "This is not a certificate in PEM form: it must hold a line -----BEGIN CERTIFICATE-----.";
  }
  if (!read.success || Object.keys(errors).length > 0) return { ok: false, errors };
  return { ok: true, connection: read.data, secrets: secretsOf(draft, mapped) };
}

const sentences: DraftErrors = {
  name: "Give the connection a name of at most 100 characters.",
  listenHost: "On which address do clients connect? 127.0.0.1 keeps it on this machine.",
  listenPort: "A port is a number from 0 to 65535; 0 picks a free one.",
  upstreamHost: "Which server? A host name or an address.",
  upstreamPort: "A port is a number from 1 to 65535; MySQL's own is 3306.",
};

function fieldOf(path: string): keyof ConnectionDraft {
  switch (path) {
    case "listen.host":
      return "listenHost";
    case "listen.port":
      return "listenPort";
    case "upstream.host":
      return "upstreamHost";
    case "upstream.port":
      return "upstreamPort";
    case "upstreamUser":
    case "clientUser":
    case "upstreamTls":
    case "upstreamCa":
    case "upstreamCompression":
    case "proxyProtocol":
    case "clientTls":
    case "durability":
    case "auth":
      return path;
    default:
      return "name";
  }
}

/** A path is a Unix socket, whose port says nothing. */
function endpointOf(host: string, port: string): Endpoint {
  return { host, port: socketPathOf({ host }) === null ? portOf(port) : 0 };
}

function portOf(text: string): number {
  return /^\d+$/.test(text.trim()) ? Number(text.trim()) : -1;
}

function secretsOf(draft: ConnectionDraft, mapped: boolean): ConnectionSecretsInput {
  if (!mapped) return {};
  const changed = connectionSecretNames.flatMap((name) => {
    const secret = draft[name];
    return secret.change === "keep" ? [] : [[name, secret.change === "remove" ? null : secret.text] as const];
  });
  return Object.fromEntries(changed);
}
