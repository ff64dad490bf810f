/** Asks a server the whole corpus and keeps every packet of its answers, for comparison by people and by tests. */
import { createHash } from "node:crypto";
import type { Account } from "../servers/accounts.ts";
import type { Stretch } from "../wire/transcript.ts";
import { type Opening, WireClient } from "../wire/wire-client.ts";
import { withoutDifferences } from "./allowed-differences.ts";
import { type Kind, makeSchema, preamble, sqlCorpus } from "./sql-corpus.ts";
import { Asker, mariadbChapters, query, type Step, type WireChapter, wireChapters } from "./wire-chapters.ts";

/** One command of the corpus and the packets of its answer. */
export interface Observed {
  readonly chapter: string;
  readonly what: string;
  /** Each packet as its sequence id and its payload, readable. */
  readonly packets: readonly string[];
}

export interface Observation {
  readonly kind: Kind;
  readonly port: number;
  readonly account: Account;
  readonly capabilities: number;
  /** MariaDB's extended capabilities; none unless told. */
  readonly mariaDbCapabilities?: number;
  /** What the client says of itself when it signs in. */
  readonly opening?: Opening;
  /** The schema that is made afresh. */
  readonly schema: string;
}

/** Every chapter of the corpus, each on a connection of its own, one after the other. */
export async function observe(observation: Observation): Promise<Observed[]> {
  const { kind, schema, port, account } = observation;
  const maker = await WireClient.connect({ port }, account);
  for (const sql of [`DROP DATABASE IF EXISTS ${schema}`, `CREATE DATABASE ${schema} CHARACTER SET utf8mb4`, `USE ${schema}`])
    await maker.query(sql);
  for (const sql of [...preamble, ...makeSchema]) await maker.query(sql);
  await maker.quit();
  const ofSql = sqlCorpus(kind).map(({ name, statements }) => ({
    name,
    steps: statements.map((sql) => query(sql.replaceAll("corpus", schema))),
  }));
  const observed: Observed[] = [];
  const ofPackets = kind === "mariadb" ? [...wireChapters, ...mariadbChapters] : wireChapters;
  for (const chapter of [...ofSql, ...ofPackets]) observed.push(...(await observeChapter(observation, chapter)));
  return observed;
}

async function observeChapter(observation: Observation, chapter: WireChapter): Promise<Observed[]> {
  const { port, account, capabilities, mariaDbCapabilities, opening, schema } = observation;
  const client = await WireClient.connect({ port }, account, capabilities, mariaDbCapabilities, opening);
  const asker = new Asker(client, account);
  const observed: Observed[] = [];
  for (const step of [...[`USE ${schema}`, ...preamble].map(query), ...chapter.steps]) {
    const packets = await packetsOf(asker, step);
    observed.push({ chapter: chapter.name, what: step.what, packets: withoutDifferences(step.what, packets) });
  }
  client.destroy();
  return observed;
}

async function packetsOf(asker: Asker, step: Step): Promise<string[]> {
  const from = asker.client.transcript.length;
  const end = await step.ask(asker).then(
    () => [],
    (thrown: Error) => [thrown.message],
  );
  return [...readable(asker.client.transcript.slice(from)), ...end];
}

function readable(stretches: readonly Stretch[]): string[] {
  const bytes = Buffer.concat(stretches.flatMap((stretch) => (stretch.from === "upstream" ? [stretch.bytes] : [])));
  const packets: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readUIntLE(at, 3);
    packets.push(`${bytes[at + 3]} ${shown(bytes.subarray(at + 4, end))}`);
    at = end;
  }
  return packets;
}

function shown(payload: Buffer): string {
  if (payload.length > 2000) return `${payload.length} bytes, SHA-256 ${createHash("sha256").update(payload).digest("hex")}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are the ones to show.
  return payload.toString("latin1").replace(/[\x00-\x1f\\\x7f-\xff]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
