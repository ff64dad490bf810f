import fs from "node:fs";
import { expect, it } from "vitest";
import { Indexer } from "../../../../proxy/library/indexer.ts";
import { openLibrary, recreateTables } from "../../../../proxy/library/schema.ts";
import { Search } from "../../../../proxy/library/search.ts";
import { SessionTable } from "../../../../proxy/library/session-table.ts";
import { StatementView } from "../../../../proxy/library/statement-view.ts";
import { TimelineRows } from "../../../../proxy/library/timeline-rows.ts";
import { summariseRecording } from "../../../../proxy/recording/session-summary.ts";
import { RecordedSession } from "../../../support/library/recorded-session.ts";
import { temporaryDirectory } from "../../../support/stenograph.ts";

const start = Date.UTC(2026, 0, 31, 9) * 1000;

it("each statement is listed, found and shown under the account that it ran on, and a change of user with what it asked for", async () => {
  using data = temporaryDirectory();
  const recorded = new RecordedSession(data.path, start, { account: "app@%" })
    .query("DO 1", start)
    .changeUser("auditor", "auditor@localhost", start + 1000)
    .query("DO 2", start + 2000)
    .close();
  const database = openLibrary(data.path);
  try {
    recreateTables(database);
    const indexer = new Indexer(database);
    indexer.add({ session: recorded.id, path: recorded.path, size: fs.statSync(recorded.path).size });
    while (indexer.hasWork) indexer.slice(1000);
    const rows = new TimelineRows(database);
    const search = new Search(database, rows, () => indexer.newest);
    const seqs = (filter: string) => search.page({ filter, offset: 0, limit: 10 }).rows.map(({ seq }) => seq);

    const { rows: listed } = search.page({ filter: "", offset: 0, limit: 10 });
    expect(listed.map(({ account, sql, summary }) => [account, sql, summary])).toEqual([
      ["app@%", "DO 1", null],
      ["app@%", null, "user auditor"],
      ["auditor@localhost", "DO 2", null],
    ]);
    const accounts = ["app@%", "auditor@localhost"];
    expect(new SessionTable(database).get(recorded.id)).toMatchObject({ account: "app@%", accounts });
    expect(summariseRecording(recorded.path).session).toMatchObject({ account: "app@%", accounts });
    expect(seqs("account:app")).toEqual([1, 2]);
    expect(seqs("account:auditor")).toEqual([3]);
    expect(seqs("account:auditor@localhost")).toEqual([3]);
    expect(seqs("account:/^aud/")).toEqual([3]);
    expect(seqs("not account:a*r@*")).toEqual([1, 2]);
    expect(await new StatementView(database, data.path, rows).detail(recorded.id, 3)).toMatchObject({
      row: { account: "auditor@localhost" },
    });
    indexer.reset();
  } finally {
    database.close();
  }
});
