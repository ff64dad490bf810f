import { describe, expect, it } from "vitest";
import { command, decode, err, type Given, ok, packets, query } from "../../../support/decoded-frames.ts";

const changeUser = command(0x11, "other\0\0\0");
const signedIn = (account: string | null): Given => [
  "note",
  { kind: "signed-in-again", account, schema: null, characterSet: null, plugin: null },
];
const accounts = (given: readonly Given[]) => decode(given).statements.map(({ command: name, account }) => [name, account]);

describe("the account of a statement", () => {
  it("is that of the session until a change of user has succeeded, and then the other", () => {
    expect(
      accounts([
        ["client", query("DO 1")],
        ["upstream", packets(1, ok)],
        ["client", changeUser],
        signedIn("other@localhost"),
        ["upstream", packets(1, ok)],
        ["client", query("DO 2")],
        ["upstream", packets(1, ok)],
        ["client", changeUser],
        signedIn(null),
        ["upstream", packets(1, ok)],
        ["client", query("DO 3")],
        ["upstream", packets(1, ok)],
      ]),
    ).toEqual([
      ["COM_QUERY", "app"],
      ["COM_CHANGE_USER", "app"],
      ["COM_QUERY", "other@localhost"],
      ["COM_CHANGE_USER", "other@localhost"],
      ["COM_QUERY", null],
    ]);
  });

  it("is the new one for what was sent behind the change of user before that was answered", () => {
    expect(
      accounts([
        ["client", Buffer.concat([changeUser, query("DO 2")])],
        signedIn("other@localhost"),
        ["upstream", Buffer.concat([packets(1, ok), packets(1, ok)])],
      ]),
    ).toEqual([
      ["COM_CHANGE_USER", "app"],
      ["COM_QUERY", "other@localhost"],
    ]);
  });

  it("stays where the change of user is refused", () => {
    expect(
      accounts([
        ["client", changeUser],
        ["upstream", packets(1, err)],
        ["client", query("DO 2")],
        ["upstream", packets(1, ok)],
      ]),
    ).toEqual([
      ["COM_CHANGE_USER", "app"],
      ["COM_QUERY", "app"],
    ]);
  });

  it("is kept with a statement that is decoded alone, where it is not the session's first", () => {
    const { statements } = decode([
      ["client", changeUser],
      signedIn("other@localhost"),
      ["upstream", packets(1, ok)],
      ["client", query("DO 2")],
      ["upstream", packets(1, ok)],
    ]);
    expect(statements.map(({ context }) => context)).toEqual([null, expect.objectContaining({ account: "other@localhost" })]);
  });
});
