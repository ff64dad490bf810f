import { describe, expect, it } from "vitest";
import { arrangedColumns, gridTemplate, moveColumn } from "../../../../renderer/timeline/column-layout.ts";
import { waitBefore } from "../../../../renderer/timeline/wait-before.ts";
import { fakeRow } from "../../../support/renderer/fake-statements.ts";

describe("the arrangement of columns", () => {
  it("is the list's own until there is another, and survives names that no longer exist", () => {
    expect(arrangedColumns(undefined, ["time", "sql"]).map((column) => column.id)).toEqual(["time", "sql"]);
    expect(arrangedColumns({ visible: ["sql", "gone", "rows"], widths: {} }, ["time"]).map((column) => column.id)).toEqual(["sql", "rows"]);
    expect(arrangedColumns({ visible: ["gone"], widths: {} }, ["time"]).map((column) => column.id)).toEqual(["time"]);
  });

  it("lets the statement grow and takes the widths that were chosen", () => {
    expect(gridTemplate(arrangedColumns(undefined, ["rows", "sql"]), { rows: 99 })).toBe("99px minmax(140px, 3fr)");
    expect(gridTemplate(arrangedColumns(undefined, ["connection", "sql"]), {})).toBe("minmax(100px, 0.75fr) minmax(140px, 3fr)");
    expect(gridTemplate(arrangedColumns(undefined, ["connection", "sql"]), { connection: 60, sql: 200 })).toBe("60px minmax(200px, 3fr)");
  });

  it("takes a column to the place of another", () => {
    expect(moveColumn(["a", "b", "c"], "c", "a")).toEqual(["c", "a", "b"]);
    expect(moveColumn(["a", "b", "c"], "a", "c")).toEqual(["b", "c", "a"]);
    expect(moveColumn(["a", "b"], "x", "a")).toEqual(["a", "b"]);
  });
});

describe("the wait before a statement", () => {
  const before = { ...fakeRow(0), seq: 4, session: "s", at: 1_000, durationUs: 300 };
  const row = { ...fakeRow(1), seq: 5, session: "s", at: 1_900 };

  it("is from the end of the one before in the same session", () => {
    expect(waitBefore(row, before)).toBe(600);
    expect(waitBefore(row, { ...before, durationUs: 5_000 })).toBe(0);
  });

  it("is not known without that one", () => {
    expect(waitBefore(row, undefined)).toBeNull();
    expect(waitBefore(row, { ...before, session: "other" })).toBeNull();
    expect(waitBefore(row, { ...before, seq: 3 })).toBeNull();
  });
});
