import { LogOut } from "lucide-react";
import { useState } from "react";
import type { IdentityState } from "../../proxy/api/contract.ts";
import { type Failure, failureOf } from "../../proxy/model/failure.ts";
import { useApi } from "../api/api-context.ts";
import { dateTime, fullTime } from "../format/time.ts";
import { ActorName } from "../shell/ActorName.tsx";
import { type Fact, FactList } from "../shell/FactList.tsx";
import { Notice } from "../shell/Notice.tsx";
import { PlainText } from "../shell/PlainText.tsx";
import { ScreenHeading } from "../shell/ScreenHeading.tsx";
import { shownActor } from "../shell/shown-actor.ts";
import { useIdentity } from "../state/identity.ts";
import { goTo } from "../state/use-place.ts";
import { classNames } from "../styles/class-names.ts";
import controls from "../styles/controls.module.css";
import { AbilityList } from "./AbilityList.tsx";
import styles from "./AccountScreen.module.css";
import { ClaimTable } from "./ClaimTable.tsx";
import { roleTexts } from "./role-text.ts";
import { SignInList } from "./SignInList.tsx";
import { signOut } from "./sign-in.ts";

type SignedIn = Extract<IdentityState, { state: "signed-in" }>;

/** Who the person is here, who vouched for that, until when, and what it allows. */
export function AccountScreen() {
  const identity = useIdentity((state) => state.identity);
  return (
    <div className={styles.screen}>
      <ScreenHeading title="You">{identity?.state === "signed-in" && <SignOutButton />}</ScreenHeading>
      <div className={styles.page} data-pane="list" tabIndex={-1}>
        {identity?.state === "signed-in" && <Person identity={identity} />}
        {identity?.state === "not-needed" && (
          <section className={styles.section}>
            <h2 className={styles.name}>
              <ActorName actor={shownActor(identity.actor)} spelledOut />
            </h2>
            <p>
              Nobody signs in here: who can open this window may do everything, and sessions are recorded under the name of the operating
              system's user, which nobody has vouched for.
            </p>
            <div>
              <button type="button" className={controls.button} onClick={() => goTo({ screen: "settings" })}>
                Set up sign-in
              </button>
            </div>
          </section>
        )}
      </div>
    </div>
  );
}

function Person({ identity }: { readonly identity: SignedIn }) {
  const { actor, roles, claims, since, until, provider } = identity;
  const facts: readonly Fact[] = [
    ["Name", <PlainText key="name" text={actor.name} />],
    ["E-mail", actor.kind === "person" && actor.email !== null ? <PlainText key="email" text={actor.email} /> : null],
    ["Vouched for by", <PlainText key="issuer" text={actor.authenticated ? (actor.issuer ?? provider) : provider} />],
    ["Known there as", actor.authenticated ? <PlainText key="subject" text={actor.subject} /> : null],
    ["Groups", actor.authenticated ? <PlainText key="groups" text={actor.groups.join(", ") || "none"} /> : null],
    ["Signed in by", actor.kind === "person" ? protocolNames[actor.via] : null],
    ["Since", <Time key="since" at={since} />],
    ["Until", until === null ? "you sign out" : <Time key="until" at={until} />],
  ];
  return (
    <>
      <section className={styles.section}>
        <h2 className={styles.name}>
          <ActorName actor={shownActor(actor)} spelledOut />
        </h2>
        <FactList facts={facts} />
      </section>
      <section className={styles.section} aria-labelledby="roles">
        <h3 id="roles" className={styles.title}>
          Your roles
        </h3>
        {roles.length === 0 ? (
          <Notice tone="warning">
            None of your groups has a role here, so there is nothing that you can do. Ask an administrator of Stenograph to give one of your
            groups a role, then sign in again.
          </Notice>
        ) : (
          <ul className={styles.roles}>
            {roles.map((role) => (
              <li key={role}>
                <b>{role}</b> {roleTexts[role]}
              </li>
            ))}
          </ul>
        )}
      </section>
      <section className={styles.section} aria-labelledby="abilities">
        <h3 id="abilities" className={styles.title}>
          What they allow
        </h3>
        <AbilityList readsAll={roles.includes("auditor")} />
      </section>
      <section className={styles.section} aria-labelledby="sign-ins">
        <h3 id="sign-ins" className={styles.title}>
          {roles.includes("admin") ? "Signed in here now" : "Where you are signed in here"}
        </h3>
        <p className={styles.note}>Who has had no page of the workstation open for 12 hours is signed out.</p>
        <SignInList />
      </section>
      <section className={styles.section} aria-labelledby="claims">
        <h3 id="claims" className={styles.title}>
          Claims received
        </h3>
        <p className={styles.note}>What the provider said of you and signed, as far as it is kept.</p>
        <ClaimTable claims={claims} />
      </section>
    </>
  );
}

const protocolNames = { oidc: "OpenID Connect", saml: "SAML 2.0", token: "a token" } as const;

function Time({ at }: { readonly at: number }) {
  return <span title={fullTime(at)}>{dateTime(at)}</span>;
}

function SignOutButton() {
  const api = useApi();
  const [failure, setFailure] = useState<Failure | null>(null);
  return (
    <>
      {failure !== null && <Notice tone="error">{failure.message}</Notice>}
      <button
        type="button"
        className={classNames(controls.button, controls.small)}
        title="Your credentials end, and new sessions with them are refused"
        onClick={() => void signOut(api).catch((reason: unknown) => setFailure(failureOf(reason)))}
      >
        <LogOut size={14} aria-hidden="true" /> Sign out
      </button>
    </>
  );
}
