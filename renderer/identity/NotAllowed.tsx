import { EmptyState } from "../shell/EmptyState.tsx";
import { PlainText } from "../shell/PlainText.tsx";
import { type Usable, useIdentity } from "../state/identity.ts";
import { goTo } from "../state/use-place.ts";
import controls from "../styles/controls.module.css";
import { whyNot } from "./role-text.ts";

/** In place of a screen that the person's roles do not include: what it needs, and who could change that. */
export function NotAllowed({ call }: { readonly call: Usable }) {
  const identity = useIdentity((state) => state.identity);
  const roles = identity?.state === "signed-in" ? identity.roles : [];
  const groups = identity?.state === "signed-in" && identity.actor.authenticated ? identity.actor.groups : [];
  return (
    <EmptyState title="Not for your roles">
      <p>{whyNot(call, "This screen")}</p>
      <p>
        {roles.length > 0
          ? `Your groups give you the role ${roles.join(" and ")}. `
          : groups.length > 0
            ? "None of your groups has a role here. "
            : "Your provider names no group of yours. "}
        {groups.length > 0 && (
          <>
            You are in <PlainText text={groups.join(", ")} />.{" "}
          </>
        )}
        An administrator of Stenograph decides which groups have which roles.
      </p>
      <div>
        <button type="button" className={controls.button} onClick={() => goTo({ screen: "account" })}>
          See what you may do
        </button>
      </div>
    </EmptyState>
  );
}
