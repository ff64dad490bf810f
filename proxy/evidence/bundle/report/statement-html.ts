import { isoMicros } from "../../../model/value.ts";
import type { StatementHeader } from "../../events/leaf.ts";
import type { PartItem } from "../session-items.ts";
import { counted, htmlText } from "./html-text.ts";

/** Characters of a statement's text, and parameters, that the report shows; the rest is in the bundle. */
const mostText = 64 * 1024;
const mostParameters = 100;

const withheld = `<span class="withheld">withheld</span>`;

interface ShownParameter {
  readonly name: string | null;
  readonly type: string;
  readonly value: unknown;
}

/** What of one event's parts the report shows, gathered until its event comes. */
export class ShownParts {
  #sql = "";
  #sqlCharacters = 0;
  #sqlCut = false;
  #parameters: (ShownParameter | null)[] = [];
  #parametersLeftOut = 0;
  #attributes: (ShownParameter | null)[] = [];
  #details: Readonly<Record<string, unknown>> | null = null;
  #whole: unknown;
  #wholeWithheld = false;

  add({ path, opened }: PartItem, isWithheld: boolean): void {
    const [kind] = path.split("/");
    const value = isWithheld || opened === null ? null : opened.value;
    if (kind === "sql") this.#addSql(value as { readonly text: string } | null);
    else if (kind === "params") this.#addParameters(value as ShownParameter | readonly ShownParameter[] | null);
    else if (kind === "attributes") this.#attributes.push(value as ShownParameter | null);
    else if (kind === "details") this.#details = value as Readonly<Record<string, unknown>> | null;
    else if (kind === "claimed" || kind === "value" || kind === "detail") {
      this.#whole = value;
      this.#wholeWithheld = isWithheld || opened === null;
    }
  }

  /** The one part of an event that is no statement, as text. */
  get whole(): unknown {
    return this.#whole;
  }

  /** The same as HTML. */
  get wholeHtml(): string {
    return this.#wholeWithheld ? withheld : htmlText(JSON.stringify(this.#whole ?? null));
  }

  /** The statement as HTML. */
  statement(header: StatementHeader): string {
    const long = this.#sqlCharacters > 2000 || this.#parameters.length > 20;
    return `<article class="statement${long ? " long" : ""}">
<header><b>${header.seq}</b> <span>${isoMicros(header.at)}</span> <span>${htmlText(header.command)}</span> <span>as ${htmlText(header.account ?? "an anonymous account")}</span> ${outcomeOf(header, this.#details)}</header>
${this.#sqlHtml(header)}${this.#parametersHtml()}${attributesHtml(this.#attributes)}${notesOf(header)}</article>
`;
  }

  #addSql(segment: { readonly text: string } | null): void {
    if (this.#sqlCut) return;
    const text = segment?.text ?? "";
    const room = mostText - this.#sqlCharacters;
    this.#sql += segment === null ? withheld : htmlText(text.slice(0, room).toWellFormed());
    this.#sqlCharacters += segment === null ? 8 : text.length;
    this.#sqlCut = this.#sqlCharacters > mostText;
  }

  #addParameters(value: ShownParameter | readonly ShownParameter[] | null): void {
    const all: readonly (ShownParameter | null)[] = Array.isArray(value) ? value : [value as ShownParameter | null];
    for (const parameter of all) {
      if (this.#parameters.length < mostParameters) this.#parameters.push(parameter);
      else this.#parametersLeftOut += 1;
    }
  }

  #sqlHtml({ sql }: StatementHeader): string {
    if (sql === null) return "";
    const more = this.#sqlCut ? `<p>The text goes on: it has ${sql.bytes} bytes. All of it is in disclosures.jsonl.</p>\n` : "";
    return `<pre>${this.#sql}</pre>\n${more}`;
  }

  #parametersHtml(): string {
    if (this.#parameters.length === 0) return "";
    const more = this.#parametersLeftOut > 0 ? `<p>${this.#parametersLeftOut} further parameters are in disclosures.jsonl.</p>\n` : "";
    return `${parameterTable("Parameter", this.#parameters)}${more}`;
  }
}

function attributesHtml(attributes: readonly (ShownParameter | null)[]): string {
  if (attributes.length === 0) return "";
  return `${parameterTable(`Attribute <span class="claimed">claimed</span>`, attributes.slice(0, mostParameters))}`;
}

/** `heading` is HTML. */
function parameterTable(heading: string, parameters: readonly (ShownParameter | null)[]): string {
  const rows = parameters.map((parameter, at) => {
    if (parameter === null) return `<tr><td>${at + 1}</td><td></td><td class="value">${withheld}</td></tr>\n`;
    const { name, type, value } = parameter;
    const label = name === null || name === "" ? String(at + 1) : htmlText(name);
    return `<tr><td>${label}</td><td>${htmlText(type.replace("MYSQL_TYPE_", ""))}</td><td class="value">${valueHtml(value)}</td></tr>\n`;
  });
  return `<table class="parameters"><tr><th>${heading}</th><th>Type</th><th>Value</th></tr>\n${rows.join("")}</table>\n`;
}

function valueHtml(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  if (typeof value === "string") return cut(value);
  if (typeof value === "object" && "base64" in value && typeof value.base64 === "string") return `bytes in base64: ${cut(value.base64)}`;
  return htmlText(JSON.stringify(value));
}

function cut(text: string): string {
  const most = 4096;
  return text.length <= most
    ? htmlText(text)
    : `${htmlText(text.slice(0, most).toWellFormed())} … (${text.length} characters, all in disclosures.jsonl)`;
}

function outcomeOf(header: StatementHeader, details: Readonly<Record<string, unknown>> | null): string {
  const { outcome, errno, sqlstate, rows, affected, warnings, durationUs } = header;
  const message = typeof details?.message === "string" ? `: ${htmlText(details.message)}` : "";
  const facts = [
    durationUs === null ? null : `<span>${(durationUs / 1000).toFixed(3)} ms</span>`,
    rows === null ? null : `<span>${counted(rows, "row")} returned</span>`,
    affected === null ? null : `<span>${affected} affected</span>`,
    warnings > 0 ? `<span>${counted(warnings, "warning")}</span>` : null,
    outcome === "error"
      ? `<span class="failed">error ${errno ?? ""} (${htmlText(sqlstate ?? "no SQLSTATE")})${message}</span>`
      : `<span${outcome === "ok" ? "" : ` class="failed"`}>${outcome}</span>`,
  ];
  return facts.filter((fact) => fact !== null).join(" ");
}

function notesOf({ partial, redacted, decodeFailed }: StatementHeader): string {
  const notes = [
    partial ? "Not all of its bytes are in the recording." : null,
    redacted > 0 ? `${counted(redacted, "secret")} in it replaced by <redacted> when it was recorded.` : null,
    decodeFailed ? "Not all of it could be decoded; its bytes are in the recording." : null,
  ].filter((note) => note !== null);
  return notes.map((note) => `<p class="note">${htmlText(note)}</p>\n`).join("");
}
