/** The words of MySQL and MariaDB behind which a secret may stand. Why these: README.md in this folder. */

/** What may come between a word and what follows it. A long gap is not looked behind. */
const gap = String.raw`(?:\s{4}|\s{0,3}(?:\/\*|--|#))`;

/**
 * A text in which none of these occurs has no secret; where one occurs, no secret starts before it. Each is one word, so
 * that no comment can divide it, with a look at what follows where the word is one that people use.
 */
const triggers: readonly string[] = [
  String.raw`identified(?:${gap}|\s{0,3}(?:["'\\?]|0x|by|with|via|as|using)|$)`,
  String.raw`password(?:${gap}|_strength|["'\x60\\]{0,3}\s{0,3}(?:[=(?@"'\\]|:=|[xnb]'|0x|_|for|to\s)|$)`,
  String.raw`connection(?:${gap}|\s{0,3}[="'\\]|$)`,
  "option_list",
  String.raw`crypt(?:${gap}|["\x60]?\s{0,3}\(|["\x60]?$)`,
  String.raw`code(?:${gap}|["\x60]?\s{0,3}\(|["\x60]?$)`,
  String.raw`kdf(?:${gap}|["\x60]?\s{0,3}\(|["\x60]?$)`,
  ...["passwd", "pwd", "passphrase", "secret", "secret_id", "secret_key"].map(
    (name) => String.raw`${name}(?:${gap}|["'\x60]?\s{0,3}(?::?=)|["'\x60]?$)`,
  ),
  String.raw`mysql(?:${gap}|["\x60]?\s{0,3}\.|["\x60]?$)`,
  "authentication_string",
  "challenge_response",
  "bind_root_pwd",
  "wsrep_sst_auth",
  "asymmetric_",
  "keyring_key_store",
  "rds_set_external_",
  "rds_import_binlog_ssl_",
  "az_replication_change_",
  "setupexternalsource",
];

/** No trigger has more characters than this, with what is looked at behind it. */
export const longestTrigger = 32;

const trigger = new RegExp(triggers.join("|"), "i");
const everyTrigger = new RegExp(trigger.source, "gi");

/** Marks the first three letters of every trigger, by five bits of each, which are alike in both letter cases. */
const beginnings = new Uint8Array(1 << 15);
for (const [a, b, c] of triggers) beginnings[fiveBits(fiveBits(fiveBits(0, a), b), c)] = 1;

function fiveBits(before: number, letter = ""): number {
  return ((before << 5) | (letter.charCodeAt(0) & 31)) & 0x7fff;
}

/** Whether a trigger is in `bytes` from `from` to `end`: `firstTrigger` for the very many texts without one. */
export function hasTrigger(bytes: Uint8Array, from: number, end: number): boolean {
  let three = 0;
  for (let at = from; at < end; at += 1) {
    three = ((three << 5) | ((bytes[at] as number) & 31)) & 0x7fff;
    if (beginnings[three] === 1)
      return trigger.test(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1", from, end));
  }
  return false;
}

/** Where the first trigger is in `text`; -1 where there is none, and so no secret. */
export function firstTrigger(text: string): number {
  return text.search(trigger);
}

/** Where the last trigger starts in `text`; -1 where there is none. */
export function lastTrigger(text: string): number {
  let last = -1;
  for (const found of text.matchAll(everyTrigger)) last = found.index;
  return last;
}

/** Functions and procedures with arguments (from 0) that are secrets: passwords and keys. */
const functions: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^(\w+_)?PASSWORD$/, [0]],
  [/^VALIDATE_PASSWORD_STRENGTH$/, [0]],
  [/^ENCRYPT$/, [0]],
  [/^(AES|DES)_(EN|DE)CRYPT$/, [1]],
  [/^(EN|DE)CODE$/, [1]],
  [/^KDF$/, [0]],
  [/^ASYMMETRIC_(EN|DE)CRYPT$/, [2]],
  [/^ASYMMETRIC_SIGN$/, [2]],
  [/^ASYMMETRIC_DERIVE$/, [1]],
  [/^CREATE_ASYMMETRIC_PUB_KEY$/, [1]],
  [/^KEYRING_KEY_STORE$/, [2]],
  [/^RDS_SET_EXTERNAL_(MASTER|SOURCE)\w*$/, [3]],
  [/^RDS_IMPORT_BINLOG_SSL_MATERIAL$/, [0]],
  [/^SETUPEXTERNALSOURCE\w*$/, [3]],
  [/^AZ_REPLICATION_CHANGE_(MASTER|PRIMARY)\w*$/, [2]],
];

/** The arguments of a function, named in upper case, that are secrets. */
export function secretArguments(name: string): readonly number[] {
  return functions.find(([pattern]) => pattern.test(name))?.[1] ?? [];
}

/** Words (in upper case) whose value is a secret wherever they are assigned one. */
export const alwaysSecret: ReadonlySet<string> = new Set(["MASTER_PASSWORD", "SOURCE_PASSWORD", "AUTHENTICATION_STRING"]);

/** Variables, and options of CREATE SERVER, whose value is a secret. Upper case. */
export function namesSecret(name: string): boolean {
  return /(^|[^A-Z])(PASSWORD|PASSWD|PWD|PASSPHRASE|SECRET|SECRET_ID|SECRET_KEY|WSREP_SST_AUTH)$/.test(name);
}

/** MySQL's and MariaDB's own tables, in schema `mysql`, in which passwords and their hashes are kept. Upper case. */
const passwordTables: ReadonlySet<string> = new Set([...["USER", "GLOBAL_PRIV", "PASSWORD_HISTORY", "SERVERS", "SLAVE_MASTER_INFO"]]);

/** Whether a table of schema `mysql`, named in upper case, holds passwords. */
export function keepsPasswords(table: string): boolean {
  return passwordTables.has(table);
}

/** Whether a column of such a table does. */
export function keepsPassword(column: string): boolean {
  return column === "PRIV" || column === "USER_ATTRIBUTES" || column === "AUTHENTICATION_STRING" || namesSecret(column);
}

/** Functions of the Spider engine that take settings, in which a password may be. Upper case. */
export function takesSettings(name: string): boolean {
  return name.startsWith("SPIDER_");
}

/** Behind IDENTIFIED …, or in SET PASSWORD, a literal is no secret where one of these stands before it. */
export const harmlessBefore: ReadonlySet<string> = new Set([
  ...["@", ",", "TO", "USER", "FOR", "FROM", "ROLE", "EXISTS"],
  ...["WITH", "VIA", "OR", "CIPHER", "ISSUER", "SUBJECT", "COMMENT", "ATTRIBUTE"],
]);

/** Table options whose text says how to connect, with a password in it. Spider has its settings in the comment. */
export const connectionOptions: ReadonlyMap<string, "settings" | "comment"> = new Map([
  ["CONNECTION", "settings"],
  ["OPTION_LIST", "settings"],
  ["COMMENT", "comment"],
]);

/** First words of statements whose literals are data: in there, a text must tell of an account itself to be a statement. */
export const dataVerbs: ReadonlySet<string> = new Set(["SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD", "WITH", "VALUES"]);
