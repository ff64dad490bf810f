import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { ClaimedList } from "../../../../renderer/details/ClaimedList.tsx";

const attribute = { name: "tool", type: "MYSQL_TYPE_STRING", unsigned: false, value: "cron" };

it("what is claimed says that it is not proven, and where it was said: first what came with the statement", () => {
  const markup = renderToStaticMarkup(
    <ClaimedList
      attributes={[attribute]}
      claims={[
        { from: "connection", name: "program_name", value: "mysql" },
        { from: "comment", name: "tool", value: "<b>" },
      ]}
    />,
  );
  expect(markup).toContain("not proven");
  const rows = [...markup.matchAll(/<tr>(?:(?!<\/tr>).)*<\/tr>/g)].slice(1).map(([row]) => row.replace(/<[^>]+>/g, " ").trim());
  expect(rows.map((row) => row.split(/\s{2,}/))).toEqual([
    ["tool", "cron", "query attribute"],
    ["tool", "&lt;b&gt;", "comment in the SQL"],
    ["program_name", "mysql", "when it connected"],
  ]);
});
