import { describe, expect, it } from "vitest";
import { parseFilter } from "../../../../proxy/filter/parse-filter.ts";
import { applySuggestion, suggestionsAt } from "../../../../renderer/timeline/filter-suggestions.ts";
import { filterTerm, narrow } from "../../../../renderer/timeline/filter-term.ts";

describe("a term for a cell", () => {
  it.each(["maria", "Shop, staging", 'a "quoted" \\ name', "x:y", "and", "*"])(
    "can be read by the filter language and means exactly %j",
    (value) => {
      const parsed = parseFilter(filterTerm("actor", value));
      expect(parsed).toEqual({ ok: true, filter: { kind: "text", field: "actor", match: { kind: "exact", text: value } } });
    },
  );

  it("narrows a filter without changing what it meant", () => {
    expect(narrow("", "is:failed")).toBe("is:failed");
    expect(narrow("orders", "not actor:maria")).toBe("orders not actor:maria");
    expect(narrow("a or b", "is:failed")).toBe("(a or b) is:failed");
  });
});

describe("suggestions", () => {
  it("are the fields that begin as the word at the caret does", () => {
    expect(suggestionsAt("orders (du", 10).map((one) => one.insert)).toEqual(["duration:"]);
    expect(suggestionsAt("is:f", 4).map((one) => one.insert)).toEqual(["is:failed"]);
  });

  it("are names that were claimed behind “claimed.”, where the language can spell them", () => {
    const names = ["program_name", "_client_name", "route parameter", "pid"];
    const typed = (text: string) => suggestionsAt(text, text.length, names).map(({ insert }) => insert);
    expect(typed("is:failed not claimed.")).toEqual(["claimed.program_name:", "claimed._client_name:", "claimed.pid:"]);
    expect(typed("claimed.NAME")).toEqual(["claimed.program_name:", "claimed._client_name:"]);
    expect(typed("claimed.pid:7")).toEqual([]);
    expect(typed("claim")).toEqual(["claimed."]);
  });

  it("are none in quotes, after a whole term, and without a word", () => {
    expect(suggestionsAt('"du', 3)).toEqual([]);
    expect(suggestionsAt("orders ", 7)).toEqual([]);
    expect(suggestionsAt("is:failed", 9)).toEqual([]);
  });

  it("replace the word and put the caret behind it", () => {
    const [suggestion] = suggestionsAt("orders dur x", 10);
    expect(suggestion && applySuggestion("orders dur x", suggestion)).toEqual({ text: "orders duration: x", caret: 16 });
  });
});
