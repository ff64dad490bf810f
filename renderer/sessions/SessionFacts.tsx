import type { SessionListed } from "../../proxy/api/contract.ts";
import { count, duration } from "../format/quantity.ts";
import { dateTime, fullTime } from "../format/time.ts";
import { type Fact, FactList } from "../shell/FactList.tsx";
import { PlainText } from "../shell/PlainText.tsx";
import { classNames } from "../styles/class-names.ts";
import { actorFacts } from "./actor-facts.tsx";
import { closeCauseText, endedBadly } from "./close-cause.ts";
import styles from "./SessionFacts.module.css";

interface SessionFactsProps {
  readonly session: SessionListed;
}

/** What is known about a session, and apart from it what its client claimed. */
export function SessionFacts({ session }: SessionFactsProps) {
  const facts: readonly Fact[] = [
    ...actorFacts(session.actor),
    session.accounts.length > 1
      ? ["Accounts", <PlainText key="accounts" text={session.accounts.map((account) => account ?? "anonymous").join(", ")} />]
      : ["Account", session.account === null ? null : <PlainText key="account" text={session.account} />],
    ["Connection", <PlainText key="connection" text={session.connection} />],
    ["Client", <PlainText key="client" text={session.client} />],
    ["Process", session.process === null ? null : <PlainText key="process" text={processText(session.process)} />],
    ["Credential", session.credential === null ? null : <PlainText key="credential" text={session.credential.user} />],
    ["Upstream", <PlainText key="upstream" text={upstreamText(session)} />],
    ["Schema", session.schema === null ? null : <PlainText key="schema" text={session.schema} />],
    ["Started", <Time key="started" at={session.startedAt} />],
    [
      "Ended",
      session.endedAt === null ? (
        <span key="open" className={styles.open}>
          open
        </span>
      ) : (
        <Time key="ended" at={session.endedAt} />
      ),
    ],
    ["Lasted", session.endedAt === null ? null : duration(session.endedAt - session.startedAt)],
    ["Why it ended", session.closeCause === null ? null : <Ending key="ending" session={session} />],
    ["Statements", `${count(session.statements)}${session.errors === 0 ? "" : `, of which ${count(session.errors)} failed`}`],
    ["TLS", `client: ${tlsText(session.tls.client)}; upstream: ${tlsText(session.tls.upstream)}`],
    ["Recording", session.sealed ? "sealed" : "not sealed yet"],
  ];
  const claimed = Object.entries(session.claimed);
  return (
    <div className={styles.facts}>
      <FactList facts={facts} />
      {claimed.length > 0 && (
        <details className={styles.claimed}>
          <summary>
            <b>Claimed</b> by the client, not proven <span className={styles.number}>{claimed.length}</span>
          </summary>
          <FactList facts={claimed.map(([name, value]) => [name, <PlainText key={name} text={value} />])} />
        </details>
      )}
    </div>
  );
}

/** As the operating system of this machine says. */
function processText({ program, pid, user }: NonNullable<SessionListed["process"]>): string {
  return `${program} (process ${pid} of ${user})`;
}

function Time({ at }: { readonly at: number }) {
  return <span title={fullTime(at)}>{dateTime(at)}</span>;
}

function Ending({ session }: { readonly session: SessionListed }) {
  return (
    <span className={classNames(endedBadly(session.closeCause) && styles.badly)}>
      {closeCauseText(session.closeCause ?? "")}
      {session.closeDetail !== null && (
        <>
          : <PlainText text={session.closeDetail} />
        </>
      )}
    </span>
  );
}

function upstreamText(session: SessionListed): string {
  const version = session.upstreamVersion === null ? "" : ` (${session.upstreamVersion})`;
  const thread = session.threadId === null ? "" : `, thread ${session.threadId}`;
  return `${session.upstreamAddress}${version}${thread}`;
}

function tlsText(tls: SessionListed["tls"]["client"]): string {
  return tls === null ? "none" : `${tls.version}, ${tls.cipher}`;
}
