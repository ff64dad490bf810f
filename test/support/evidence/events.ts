/** The events of a recording, read by the program's own pass, and held against its promises. */

import { createHash, createHmac } from "node:crypto";
import { expect } from "vitest";
import { type EventPart, EventPass, type SessionEvent } from "../../../proxy/evidence/events/event-pass.ts";
import { GroupCheck, partGroups } from "../../../proxy/evidence/events/leaf-parts.ts";
import { CompactTree } from "../../../proxy/evidence/merkle/compact-tree.ts";
import type { ReadEnd } from "../../../proxy/recording/frame-reader.ts";
import { rootOf } from "./defined-tree.ts";

/** A salt key for tests. */
export const testSaltKey: Buffer = Buffer.alloc(32, 7);

export interface RecordedEvents {
  readonly events: readonly SessionEvent[];
  readonly parts: readonly EventPart[];
  readonly root: string;
  readonly end: ReadEnd;
}

/** All events and parts of a recording. `slice`: frames that are read in one go. */
export function eventsOf(file: string, slice = Number.POSITIVE_INFINITY, saltKey = testSaltKey): RecordedEvents {
  const events: SessionEvent[] = [];
  const parts: EventPart[] = [];
  const pass = new EventPass(file, saltKey, { event: (event) => void events.push(event), part: (part) => void parts.push(part) });
  try {
    let end: ReadEnd | null = null;
    while (end === null) {
      let read = 0;
      end = pass.read(() => ++read >= slice);
    }
    return { events, parts, root: rootOf(events.map(({ hash }) => hash)).toString("hex"), end };
  } finally {
    pass.close();
  }
}

/** How many events a recording has, and the root over them: of recordings that are too large for all of it to be held. */
export function rootOfEvents(file: string, saltKey: Buffer = testSaltKey): { events: number; root: string } {
  const tree = new CompactTree();
  const pass = new EventPass(file, saltKey, { event: ({ hash }) => tree.append(hash) });
  pass.read(() => false);
  pass.close();
  return { events: tree.size, root: tree.root().toString("hex") };
}

/** Checks all that the format promises of events and their parts, by definitions that share nothing with how they are made. */
export function expectWellMade({ events, parts }: RecordedEvents, saltKey = testSaltKey): void {
  let prev: string | null = null;
  let next = 0;
  for (const [n, { header, leaf, hash, n: number }] of events.entries()) {
    expect(number).toBe(n);
    expect(header).toMatchObject({ v: 1, n, prev });
    expect(JSON.parse(leaf.toString("utf8"))).toEqual(JSON.parse(JSON.stringify(header)));
    expect(hash).toEqual(sha256(Buffer.of(0), leaf));
    prev = hash.toString("hex");
    const sessionKey = createHmac("sha256", saltKey).update(header.session).digest();
    for (const group of partGroups(header)) {
      const check = new GroupCheck(group);
      while (!check.isComplete) {
        const part = parts[next] as EventPart;
        next += 1;
        expect(part.n).toBe(n);
        if (check.due !== null) expect(part.path).toBe(check.due);
        const path = `${n}/${part.path}`;
        expect(part.salt).toEqual(createHmac("sha256", sessionKey).update(path).digest());
        expect(JSON.parse(part.json)).toEqual(JSON.parse(JSON.stringify(part.value)));
        const bytes = [Buffer.from("stenograph.commitment.v1\0"), Buffer.from(`${path}\0`), part.salt, Buffer.from(part.json)];
        expect(part.commitment).toEqual(sha256(...bytes));
        check.add(part.commitment);
      }
      expect(check.holds()).toBe(true);
    }
  }
  expect(next).toBe(parts.length);
}

/** The parts' values of event `n` at paths that begin with `prefix`, in order. */
export function valuesAt({ parts }: RecordedEvents, n: number, prefix: string): unknown[] {
  return parts.filter((part) => part.n === n && part.path.startsWith(prefix)).map(({ value }) => value);
}

function sha256(...bytes: Buffer[]): Buffer {
  const hash = createHash("sha256");
  for (const some of bytes) hash.update(some);
  return hash.digest();
}
