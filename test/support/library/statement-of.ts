import type { SessionOpen } from "../../../proxy/model/session.ts";
import type { Statement } from "../../../proxy/model/statement.ts";

/** A statement that was answered with one row, but for what is given. */
export function statementOf(given: Partial<Statement> = {}): Statement {
  return {
    session: "01990000-0000-7000-8000-000000000001",
    seq: 1,
    at: 1_790_000_000_000_000,
    command: "COM_QUERY",
    account: "app",
    sql: "SELECT 1",
    sqlCutFrom: null,
    params: null,
    paramSets: null,
    summary: null,
    infile: null,
    state: null,
    attributes: [],
    outcome: "ok",
    rows: 1,
    affected: null,
    insertId: null,
    warnings: 0,
    errno: null,
    sqlstate: null,
    message: null,
    durationUs: 400,
    firstByteUs: 300,
    bytesIn: 13,
    bytesOut: 60,
    partial: false,
    redacted: 0,
    decodeFailed: null,
    commandAt: { frame: 0, skip: 0 },
    answerAt: null,
    context: null,
    ...given,
  };
}

/** The open frame of a session, but for what is given. */
export function sessionOpenOf(given: Partial<SessionOpen> = {}): SessionOpen {
  return {
    session: "01990000-0000-7000-8000-000000000001",
    recorder: "00000000-0000-4000-8000-000000000000",
    connection: "shop",
    upstream: { address: "127.0.0.1:3306", version: "9.7.0", threadId: 8 },
    tls: { client: null, upstream: null },
    capabilities: 0,
    characterSet: 255,
    authPlugin: "caching_sha2_password",
    account: "app@localhost",
    schema: "shop",
    client: "127.0.0.1:50000",
    actor: { kind: "os-user", name: "anna", authenticated: false },
    claimed: { program_name: "mysql" },
    program: { name: "stenograph", version: "0" },
    host: "here",
    acceptedAt: 1_790_000_000_000_000,
    signedIn: true,
    ...given,
  };
}
