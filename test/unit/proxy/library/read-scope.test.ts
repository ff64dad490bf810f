import Database from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { claimNames } from "../../../../proxy/library/claim-table.ts";
import { Followers } from "../../../../proxy/library/followers.ts";
import { histogram } from "../../../../proxy/library/histogram.ts";
import type { FromLibrary, Histogram } from "../../../../proxy/library/messages.ts";
import { configure, recreateTables } from "../../../../proxy/library/schema.ts";
import { Search } from "../../../../proxy/library/search.ts";
import { SessionTable } from "../../../../proxy/library/session-table.ts";
import { StatementWriter } from "../../../../proxy/library/statement-writer.ts";
import { TimelineRows } from "../../../../proxy/library/timeline-rows.ts";
import type { Actor } from "../../../../proxy/model/actor.ts";
import { mayRead, type ReadScope } from "../../../../proxy/model/read-scope.ts";
import { machineOf, osUser, personOf } from "../../../support/identity/actors.ts";
import { sessionOpenOf, statementOf } from "../../../support/library/statement-of.ts";

const issuers = ["https://id.example", "https://id.example/", "https://other.example"];
const subjects = ["u-17", "U-17", "u-18", "m-3"];
const issuer = fc.constantFrom(...issuers);
const subject = fc.constantFrom(...subjects);

const actor: fc.Arbitrary<Actor> = fc.oneof(
  fc.constant(osUser),
  fc.record({ issuer, subject, via: fc.constantFrom("oidc", "saml", "token") }).map(personOf),
  fc.record({ issuer: fc.option(issuer, { nil: null }), subject }).map(machineOf),
);

const scope: fc.Arbitrary<ReadScope> = fc.oneof(
  fc.constant<ReadScope>({ kind: "all" }),
  fc.constant<ReadScope>({ kind: "none" }),
  fc.record({ kind: fc.constant("own" as const), issuer, subject }),
);

/** Filters of each kind that is run in a way of its own, and some that try to say more than a filter can. */
const filter = fc.constantFrom(
  "",
  "select",
  "sel*",
  "not nothing",
  "nothing or select",
  "/sel/",
  "is:failed",
  "actor:*",
  "actor:/./",
  "not actor:zzz",
  "session:*",
  "claimed.program_name:*",
  "error:*",
  "not (is:failed and is:slow)",
  "digest:a*",
);

const database = configure(new Database(":memory:"));

/** A library of these sessions, each with some statements; the times of those are by their order. */
function libraryOf(actors: readonly Actor[]) {
  recreateTables(database);
  const sessions = new SessionTable(database);
  const writer = new StatementWriter(database);
  const ran: Actor[] = [];
  for (const [index, each] of actors.entries()) {
    const claimed = { program_name: "mysql", [`attribute-${index}`]: "x" };
    const open = sessionOpenOf({ actor: each, session: `session-${index}`, acceptedAt: index + 1, claimed });
    const key = sessions.open(open);
    writer.open(key, open);
    for (let seq = 1; seq <= 3; seq += 1) {
      ran.push(each);
      const failed = seq === 3 ? ({ outcome: "error", errno: 1064, message: "no select" } as const) : {};
      const whole = statementOf({ session: open.session, seq, at: ran.length * 1000, sql: "SELECT 1", ...failed });
      writer.write(key, whole, whole.at);
    }
  }
  writer.flush();
  const rows = new TimelineRows(database);
  const search = new Search(database, rows, () => ran.length);
  return { sessions, rows, search, newest: ran.length, actorOf: (id: number) => ran[id - 1] as Actor };
}

function finished(counting: Generator<undefined, Histogram>): Histogram {
  for (;;) {
    const step = counting.next();
    if (step.done) return step.value;
  }
}

describe("What a reader may read", () => {
  it("is all that every way of reading gives, whatever the filter", () => {
    fc.assert(
      fc.property(fc.array(actor, { maxLength: 6 }), scope, fc.array(filter, { minLength: 1, maxLength: 4 }), (actors, reader, filters) => {
        const { sessions, rows, search, newest, actorOf } = libraryOf(actors);
        const readable = actors.flatMap((each, index) => (mayRead(reader, each) ? [`session-${index}`] : []));
        expect(sessions.list(Number.MAX_SAFE_INTEGER, 100, reader).sessions.map(({ id }) => id)).toEqual(readable.toReversed());
        const names = actors.flatMap((each, index) => (mayRead(reader, each) ? [`attribute-${index}`] : []));
        expect(claimNames(database, reader)).toEqual(names.length === 0 ? [] : expect.arrayContaining(["program_name", ...names]));
        expect(claimNames(database, reader)).toHaveLength(names.length === 0 ? 0 : names.length + 1);
        for (const [index, each] of actors.entries()) expect(sessions.get(`session-${index}`, reader) !== null).toBe(mayRead(reader, each));
        for (const text of filters) {
          const all = search.page({ filter: text, offset: 0, limit: 1000 });
          const expected = all.rows.map(({ id }) => id).filter((id) => mayRead(reader, actorOf(id)));
          const page = search.page({ filter: text, offset: 0, limit: 1000 }, reader);
          expect(page.rows.map(({ id }) => id)).toEqual(expected);
          expect(page.total).toBe(expected.length);
          const counted = finished(
            histogram(database, search.query(text, reader), { filter: text, from: null, to: null, buckets: 5 }, newest),
          );
          expect(counted.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(expected.length);
          const sent: FromLibrary[] = [];
          const followers = new Followers(search, rows, (message) => sent.push(message));
          followers.add(1, text, 0, newest, reader);
          followers.send(newest);
          expect(sent.flatMap((message) => (message.kind === "followed" ? message.event.rows.map(({ id }) => id) : []))).toEqual(expected);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("decides where a histogram without ends begins and ends", () => {
    const { search, newest } = libraryOf([personOf({ subject: "u-18" }), personOf(), personOf({ subject: "u-18" })]);
    const own: ReadScope = { kind: "own", issuer: "https://id.example", subject: "u-17" };
    const input = { filter: "", from: null, to: null, buckets: 1 };
    expect(finished(histogram(database, search.query("", own), input, newest))).toMatchObject({ from: 4000, to: 6001 });
    expect(finished(histogram(database, search.query("", { kind: "none" }), input, newest))).toMatchObject({ from: 0, to: 1 });
  });
});
