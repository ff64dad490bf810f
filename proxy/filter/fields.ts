import type { NumberField, State, TextField } from "./filter.ts";

/** A field as it is typed in front of the colon, for suggestions: what it means, and something that can be typed. */
export interface FieldHelp {
  readonly name: string;
  readonly meaning: string;
  readonly example: string;
}

export const textFields: readonly TextField[] = [
  "actor",
  "connection",
  "session",
  "account",
  "schema",
  "client",
  "process",
  "command",
  "digest",
];
export const numberFields: readonly NumberField[] = ["error", "rows", "affected", "bytes", "duration"];
export const states: readonly State[] = ["slow", "failed", "aborted", "partial"];

/** All fields that can be asked for. */
export const fields: readonly FieldHelp[] = [
  { name: "actor", meaning: "who ran it, by name, e-mail address or subject", example: "actor:anna" },
  { name: "connection", meaning: "the connection's name", example: "connection:shop*" },
  { name: "session", meaning: "the session's id", example: "session:0198*" },
  { name: "account", meaning: "the account on the upstream that it ran on, with or without its host", example: "account:app" },
  { name: "schema", meaning: "the schema that the session started in", example: "schema:shop" },
  { name: "client", meaning: "the client's address", example: "client:127.0.0.1:*" },
  { name: "process", meaning: "the client's program on this machine, with or without its folders", example: "process:mysqldump" },
  { name: "command", meaning: "the command of the protocol, with or without COM_", example: "command:stmt_execute" },
  { name: "digest", meaning: "statements of the same form, by their digest", example: "digest:3fa9*" },
  { name: "error", meaning: "the error's number, or words of its message", example: "error:1064" },
  { name: "rows", meaning: "rows returned", example: "rows:>1000" },
  { name: "affected", meaning: "rows affected", example: "affected:1..10" },
  { name: "bytes", meaning: "bytes in both directions", example: "bytes:>1MB" },
  { name: "duration", meaning: "from the command to the end of its answer", example: "duration:>250ms" },
  { name: "claimed.", meaning: "what the client said of itself or of the statement; not proven", example: "claimed.program_name:mysql" },
  { name: "is", meaning: "slow, failed, aborted or partial", example: "is:failed" },
  { name: "after", meaning: "at this time or later", example: "after:2026-01-31T09:30" },
  { name: "before", meaning: "earlier than this time", example: "before:2026-02-01" },
  { name: "last", meaning: "not older than this", example: "last:15m" },
];

/** Fields of the language that cannot be asked for yet, with what to do instead. */
export const laterFields: ReadonlyMap<string, string> = new Map([
  ["class", "statements are not sorted into classes yet. Search for a word such as update instead"],
  ["table", "the tables of a statement are not known yet. Search for the table's name as a word instead"],
  ["decision", "there is no policy yet that could decide"],
]);

/** States of the language that cannot be asked for yet. */
export const laterStates: ReadonlyMap<string, string> = new Map([
  ["denied", "there is no policy yet that could deny a statement"],
  ["masked", "there is no policy yet that could mask a result"],
  ["write", "statements are not sorted into classes yet. Search for words such as insert or update instead"],
  ["ddl", "statements are not sorted into classes yet. Search for words such as create or alter instead"],
]);
