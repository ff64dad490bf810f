import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { ActorName } from "../../../../renderer/shell/ActorName.tsx";
import { type ShownActor, shownActor } from "../../../../renderer/shell/shown-actor.ts";
import { machineOf, osUser, personOf } from "../../../support/identity/actors.ts";

const marked = (actor: ShownActor, spelledOut: boolean): string =>
  renderToStaticMarkup(<ActorName actor={actor} spelledOut={spelledOut} />)
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ")
    .trim();

describe.each([true, false])("the name of an actor (words shown: %s)", (spelledOut) => {
  it("never stands without how far it is proven", () => {
    expect(marked(shownActor(osUser), spelledOut)).toBe("ada not authenticated");
    expect(marked(shownActor(personOf()), spelledOut)).toBe("Anna Lind authenticated");
    expect(marked(shownActor(machineOf()), spelledOut)).toBe("reports machine of Anna Lind");
  });

  it("is not proven by its kind alone", () => {
    expect(marked({ ...shownActor(personOf()), authenticated: false }, spelledOut)).toBe("Anna Lind not authenticated");
    expect(marked({ ...shownActor(osUser), authenticated: true }, spelledOut)).toBe("ada not authenticated");
  });
});

it("hovering over it says who vouched for it", () => {
  const titleOf = (actor: ShownActor) => /title="([^"]*)"/.exec(renderToStaticMarkup(<ActorName actor={actor} />))?.[1];
  expect(titleOf(shownActor(personOf()))).toBe("Authenticated: https://id.example vouched for this person.");
  expect(titleOf(shownActor(machineOf()))).toBe("Authenticated: a registered machine. Anna Lind answers for it.");
});
