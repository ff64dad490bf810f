/** A verdict in lines for a person: the verdict, what limits it, then what is proven. */
import type { BundleFacts, Verdict } from "../evidence/verify/verify-bundle.ts";
import type { VerifiedSession } from "../evidence/verify/verify-session.ts";
import type { Actor } from "../model/actor.ts";
import { isoMicros } from "../model/value.ts";
import { counted } from "./output.ts";

/** Sessions that are told one by one. */
const mostSessions = 100;

export function* verdictLines(verdict: Verdict): Generator<string> {
  if (verdict.verdict === "INVALID") {
    yield `INVALID ${verdict.code}: ${verdict.message}`;
    return;
  }
  const { limits, facts } = verdict;
  yield limits.length === 0 ? "VALID" : `VALID WITH LIMITS: ${[...new Set(limits.map(({ code }) => code))].join(", ")}`;
  for (const { code, message } of limits) yield `  ${code}: ${message}`;
  yield* bundleLines(facts);
  for (const session of facts.sessions.slice(0, mostSessions)) yield* sessionLines(session);
  if (facts.sessions.length > mostSessions)
    yield `… and ${counted(facts.sessions.length - mostSessions, "more session")}; --json tells all.`;
}

function* bundleLines({
  export: made,
  manifestSha256,
  device,
  exporterSigned,
  timestamp,
  log,
  redactions,
  custody,
}: BundleFacts): Generator<string> {
  yield `Exported  ${isoMicros(made.at)} by ${who(made.exporter)}${exporterSigned ? ", who signed it" : ""}, with ${made.program.name} ${made.program.version}`;
  yield `Export    ${made.exportId}, manifest ${manifestSha256}`;
  if (made.parent !== null) yield `Made from the bundle with the manifest ${made.parent}`;
  yield `Device    ${device.name === null ? "" : `${device.name}, `}${device.keyId}`;
  if (timestamp !== null) yield `Stamped   ${isoMicros(timestamp.at)} by ${timestamp.authority}${timestamp.trusted ? "" : " (not proven)"}`;
  yield `Log       ${log.origin}, ${counted(log.size, "entry").replace("entrys", "entries")}${log.witnessed ? ", witnessed" : ""}`;
  for (const { at, by, reason, counts } of redactions) {
    yield `Withheld  ${counted(counts.parts, "part")} by ${who(by)}, ${isoMicros(at)}${reason === null ? "" : `: ${reason}`}`;
  }
  for (const { number, at, by, act } of custody) {
    yield `Custody   ${number}: ${act.kind} by ${who(by)}, ${isoMicros(at)}${act.kind === "annotated" ? `: ${act.text}` : ""}`;
  }
}

function* sessionLines(session: VerifiedSession): Generator<string> {
  const { openedAt, closedAt, closeCause, upstream, account, client, host, withheld } = session;
  yield `Session   ${session.session}`;
  yield `  who     ${who(session.actor)}${session.signers.signIn === null ? "" : ", whose key signed it"}`;
  yield `  when    ${isoMicros(openedAt)} to ${closedAt === null ? "?" : `${isoMicros(closedAt)}, ${closeCause}`}`;
  yield `  where   ${session.connection}, ${upstream.address} (${upstream.version ?? "version not known"}) as ${account ?? "-"}, from ${client} on ${host ?? "-"}`;
  const { events, statements, errors, rows } = session;
  const what = [counted(events, "event"), counted(statements, "statement"), counted(errors, "error"), counted(rows, "row")];
  yield `  what    ${what.join(", ")}${withheld.parts === 0 ? "" : `, ${counted(withheld.parts, "part")} withheld`}`;
  yield `  seal    ${isoMicros(session.sealedAt)}, root ${session.root}`;
}

function who(actor: Actor): string {
  switch (actor.kind) {
    case "os-user":
      return `${actor.name} (not authenticated)`;
    case "person":
      return `${actor.name} (${actor.subject} at ${actor.issuer})`;
    case "machine":
      return `${actor.name} (machine of ${actor.owner})`;
    default:
      return actor satisfies never;
  }
}
