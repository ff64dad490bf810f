/** Where in a statement a secret is due, as its tokens go by. */
import {
  alwaysSecret,
  connectionOptions,
  dataVerbs,
  harmlessBefore,
  keepsPassword,
  keepsPasswords,
  namesSecret,
  secretArguments,
  takesSettings,
} from "./secret-words.ts";

/** What a literal, or a parameter, is at the place where it stands. */
export type Standing = "secret" | "settings" | "comment" | "other";

/** A function call, or any parenthesis: at which argument it is, and which of them are secrets. */
interface Call {
  argument: number;
  readonly secret: readonly number[];
  /** The parenthesis of CREATE SERVER … OPTIONS (…). */
  readonly options: boolean;
  /** It belongs to a function whose literals may hold settings of a connection. */
  readonly settings: boolean;
}

const replicas: ReadonlySet<string> = new Set(["REPLICA", "SLAVE", "GROUP_REPLICATION", "ALL"]);
const openers: ReadonlySet<string> = new Set(["BY", "WITH", "VIA", "AS", "USING"]);
const assignments: ReadonlySet<string> = new Set(["=", ":="]);
const accountWords: ReadonlySet<string> = new Set(["USER", "GRANT", "CLONE"]);
const literal = "'";

/** Words behind which the value that is assigned to a variable or a column is over, unless they are in parentheses. */
const endsValue: ReadonlySet<string> = new Set(["FROM", "WHERE", "INTO", "UNION", "LIMIT", "THEN", "FOR", "ON"]);

/** Follows the statements of one text. */
export class Clauses {
  private readonly inData: boolean;
  /** The statement's first word, and whether it may be about an account. */
  private first = "";
  private account: boolean;
  /** What each token is: words and operators as they are, in upper case; all literals alike. The last one, and the one before it. */
  private last = "";
  private before = "";
  /** The name that is being assigned a value; empty where none is. */
  private assigned = "";
  /** `identified`: behind IDENTIFIED BY and the like; `password`: in SET PASSWORD; `open`: a literal ended where a secret was due. */
  private clause: "identified" | "password" | "open" | null = null;
  /** Whether SET here assigns to columns, to variables, or was not met. */
  private set: "columns" | "variables" | null = null;
  private replicating = false;
  /** What INSERT, REPLACE or UPDATE is about a table that keeps passwords: its name was met, or its rows or values follow. */
  private passwordTable: "named" | "rows" | "columns" | null = null;
  /** In how many parentheses a secret is being assigned, of which all literals are part; -1 where none is. */
  private secretValueIn = -1;
  private calls: Call[] = [];
  private literalWas: Standing = "other";

  /** `inData`: the text is a literal in a statement whose literals are data, and so perhaps no SQL at all. */
  constructor(inData: boolean) {
    this.inData = inData;
    this.account = !inData;
  }

  /** Whether literals of the statement at hand are data. */
  get handlesData(): boolean {
    return this.inData || dataVerbs.has(this.first);
  }

  /** Whether nothing that has been begun could make what follows a secret. */
  get idle(): boolean {
    if (this.clause !== null || this.passwordTable !== null || this.secretValueIn >= 0) return false;
    return !this.calls.some(({ secret, options, settings }) => secret.length > 0 || options || settings);
  }

  /** Whether a literal or a parameter that comes next would be a secret; also where the text ends here. */
  get due(): boolean {
    if (this.clause === "open") return true;
    if (this.last === "BY") return this.clause === "identified";
    return assignments.has(this.last) && this.standing() === "secret";
  }

  /** Whether a word that comes next, which is no function, stands where a literal was meant. */
  get dueInQuotes(): boolean {
    if (this.clause === "identified") return this.last === "BY";
    return assignments.has(this.last) && this.assigned !== "AUTHENTICATION_STRING" && this.standing() === "secret";
  }

  /** A keyword or a name, in upper case. */
  word(text: string): void {
    if (this.first === "") this.first = text;
    if (accountWords.has(text)) this.account = true;
    if (endsValue.has(text) && this.calls.length <= this.secretValueIn) this.secretValueIn = -1;
    this.followTable(text);
    if (openers.has(text) && this.last === "IDENTIFIED" && this.account) this.clause = "identified";
    else if (text === "SET") this.beginSet();
    else if (text === "PASSWORD" && this.set === "variables" && (this.last === "SET" || this.last === ",")) this.clause = "password";
    else if (replicas.has(text) && this.last === "START") this.replicating = true;
    else if (text === "ON" && this.isVerb(this.last)) this.set = null;
    else if (this.isVerb(text) && this.clause === null) this.set = "columns";
    this.remember(text);
  }

  /** A name in quotes of its own kind. */
  name(text: string): void {
    this.followTable(text);
    this.remember(text);
  }

  operator(text: string): void {
    if (text === ";") this.reset();
    else if (text === "(") {
      const options = this.last === "OPTIONS";
      this.calls.push({ argument: 0, secret: secretArguments(this.last), options, settings: takesSettings(this.last) });
    } else if (text === ")") this.closeCall();
    else if (text === ",") this.nextArgument();
    if (assignments.has(text)) this.assign(text);
    this.remember(text);
  }

  /** Whether the text in quotes that has just been read as a literal is a name, as the operator behind it shows. */
  isNameBefore(operator: string, quote: string): boolean {
    if (this.last === "@") return assignments.has(operator);
    return quote === '"' && (operator === "(" || operator === "." || assignments.has(operator));
  }

  /** A literal or a parameter: what it is. */
  literal(): Standing {
    const standing = this.last === literal ? this.literalWas : this.standing();
    this.literalWas = standing;
    this.remember(literal);
    return standing;
  }

  /** A literal ended in the middle of a statement of its own, where a secret was due: what is joined to it may be that. */
  leaveOpen(): void {
    this.clause = "open";
  }

  private standing(): Standing {
    if (this.clause === "open" || this.calls.some(({ argument, secret }) => secret.includes(argument))) return "secret";
    if (this.passwordTable === "rows" || this.secretValueIn >= 0) return "secret";
    if (this.clause !== null && !harmlessBefore.has(this.last)) return "secret";
    if (this.clause === "password" && this.last === "TO") return "secret";
    if ((this.last === "IDENTIFIED" && this.account) || (this.last === "AS" && this.before === "CHALLENGE_RESPONSE")) return "secret";
    if (assignments.has(this.last)) return this.assignedStanding();
    if (this.calls.at(-1)?.options === true) return namesSecret(this.last) ? "secret" : "settings";
    if (this.calls.some(({ settings }) => settings)) return "comment";
    return connectionOptions.get(this.last) ?? "other";
  }

  private assignedStanding(): Standing {
    const { assigned } = this;
    if (alwaysSecret.has(assigned)) return "secret";
    const option = connectionOptions.get(assigned);
    if (option !== undefined) return option;
    return this.replicating && assigned === "PASSWORD" ? "secret" : "other";
  }

  /** A variable or a column is assigned what follows. */
  private assign(operator: string): void {
    this.assigned = this.last;
    const isVariable = operator === ":=" || this.set === "variables";
    const isSecret = this.passwordTable === "columns" ? keepsPassword(this.assigned) : isVariable && namesSecret(this.assigned);
    if (isSecret) this.secretValueIn = this.calls.length;
    else if (this.calls.length <= this.secretValueIn) this.secretValueIn = -1;
  }

  /** Looks for a table that keeps passwords, and for what is put into it. */
  private followTable(text: string): void {
    const named = (this.last === "." && this.before === "MYSQL" && keepsPasswords(text)) || text === "AUTHENTICATION_STRING";
    if (named && this.passwordTable === null && this.isVerb(this.first)) this.passwordTable = "named";
    if (this.passwordTable === null) return;
    if (text === "VALUES" || text === "VALUE" || text === "SELECT") this.passwordTable = "rows";
    else if (text === "SET" || (text === "UPDATE" && this.last === "KEY")) this.passwordTable = "columns";
    else if (text === "WHERE") this.passwordTable = null;
  }

  private closeCall(): void {
    this.calls.pop();
    if (this.calls.length < this.secretValueIn) this.secretValueIn = -1;
  }

  /** SET of UPDATE and the like assigns columns; that of CHARACTER SET assigns nothing. */
  private beginSet(): void {
    if (this.last !== "CHARACTER" && this.set !== "columns") this.set = "variables";
  }

  private isVerb(word: string): boolean {
    return word === "UPDATE" || word === "INSERT" || word === "REPLACE" || word === "LOAD";
  }

  private nextArgument(): void {
    const call = this.calls.at(-1);
    if (call !== undefined) call.argument += 1;
    if (this.calls.length <= this.secretValueIn) this.secretValueIn = -1;
  }

  private remember(token: string): void {
    this.before = this.last;
    this.last = token;
  }

  private reset(): void {
    this.clause = this.clause === "open" ? "open" : null;
    this.set = null;
    this.replicating = false;
    this.passwordTable = null;
    this.secretValueIn = -1;
    this.calls = [];
    this.first = "";
    this.account = !this.inData;
  }
}
