import { expect, it } from "vitest";
import { describeFilter } from "../../../../proxy/filter/describe.ts";
import { parseFilter } from "../../../../proxy/filter/parse-filter.ts";

it.each([
  ["", "All statements"],
  ["order_items", "Statements where the SQL or the error message has the words “order items”"],
  ["sel*", "Statements where the SQL or the error message has a word that begins with “sel”"],
  [
    "duration:>1500ms rows:1..10",
    "Statements where the duration is more than 1500 milliseconds and the number of rows returned is from 1 to 10",
  ],
  [
    "is:slow (error:* or actor:a*)",
    "Statements where the statement took a second or longer and (there is a error number or the actor looks like “a*”)",
  ],
  ["not last:1h", "Statements where it is not so that it began in the last 1 hour"],
  ["after:2026-01-31T09:30Z", "Statements where it began at 2026-01-31T09:30:00.000000Z or later"],
  ["claimed.program_name:mysql", "Statements where the client claimed that program_name is “mysql”"],
])("%j reads: %s", (text, description) => {
  const parsed = parseFilter(text);
  expect(parsed.ok && describeFilter(parsed.filter)).toBe(description.replace("a error", "an error"));
});
