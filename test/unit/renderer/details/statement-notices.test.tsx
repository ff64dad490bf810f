import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import type { StatementDetail } from "../../../../proxy/api/contract.ts";
import { StatementNotices } from "../../../../renderer/details/StatementNotices.tsx";
import { fakeRow } from "../../../support/renderer/fake-statements.ts";

function shown(redacted: number): string {
  const detail: StatementDetail = {
    ...{
      sql: null,
      sqlCutFrom: null,
      params: null,
      paramSets: null,
      attributes: [],
      claims: [],
      summary: null,
      infile: null,
      state: null,
      insertId: null,
      warnings: 0,
      sqlstate: null,
    },
    ...{ decodeFailed: null, digest: null, digestText: null, results: [] },
    row: { ...fakeRow(0), message: null, partial: false, redacted },
  };
  return renderToStaticMarkup(<StatementNotices detail={detail} />);
}

it("a statement whose secrets are not in the recording says so, and how many", () => {
  expect(shown(0)).toBe("");
  expect(shown(1)).toContain("1 secret of it is replaced");
  expect(shown(2)).toContain("2 secrets of it are replaced");
});
