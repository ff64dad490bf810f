import fc from "fast-check";
import { expect, it } from "vitest";
import { IdList } from "../../../../proxy/library/id-list.ts";

it("A list of ids that grows at both ends holds what an array would", () => {
  const chunk = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 2000 }));
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 8 }), (chunks) => {
      const list = new IdList();
      let expected: number[] = [];
      let [lowest, highest] = [1_000_000, 1_000_000];
      for (const [front, count] of chunks) {
        const added = Array.from({ length: count }, (_, index) => (front ? lowest - count + index : highest + 1 + index));
        if (front) {
          list.prepend(added);
          expected = [...added, ...expected];
          lowest -= count;
        } else {
          list.append(added);
          expected = [...expected, ...added];
          highest += count;
        }
      }
      expect(list.length).toBe(expected.length);
      expect([...list.slice(0, list.length)]).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});
