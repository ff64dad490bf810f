import { expect, it } from "vitest";
import { encodeAuthMoreData, pluginDataOf } from "../../../../proxy/protocol/auth-more-data.ts";

it("puts its header before the plugin's own words, and takes it off again", () => {
  expect(encodeAuthMoreData(Buffer.of(4)).toString("hex")).toBe("0104");
  expect(pluginDataOf(Buffer.of(1, 4))).toEqual(Buffer.of(4));
});
