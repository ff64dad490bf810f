/** Commands and the answers that real servers gave to them, as captured by `capture.ts`. */
import fs from "node:fs";
import { toPackets } from "../../../proxy/protocol/packet-writer.ts";
import type { Stretch } from "./transcript.ts";

/** One command and its answer; payloads in hexadecimal. */
export interface CapturedAnswer {
  readonly what: string;
  readonly command: string;
  readonly answer: readonly string[];
}

/** All commands of one connection, in order. */
export interface CapturedSession {
  readonly server: "mariadb" | "mysql";
  readonly capabilities: number;
  readonly answers: readonly CapturedAnswer[];
}

/** Where the captures are kept. */
export const captureFile = new URL("../../fixtures/command-phase.json", import.meta.url);

/** The captured sessions: each server with EOF_Packets and without. */
export function capturedSessions(): CapturedSession[] {
  return JSON.parse(fs.readFileSync(captureFile, "utf8")) as CapturedSession[];
}

const fileContent = Buffer.from("p,1\nq,2\n");

/** Each command of a captured session with its answer, as bytes on the wire. */
export function turnsOf({ answers }: CapturedSession): Stretch[][] {
  return answers.map(({ what, command, answer }) => {
    const payloads = answer.map((payload) => Buffer.from(payload, "hex"));
    const sent: Stretch = { from: "client", bytes: toPackets(Buffer.from(command, "hex"), 0) };
    if (answer[0]?.startsWith("fb") !== true) return answer.length === 0 ? [sent] : [sent, upstream(payloads, 1)];
    const content = what === "a local file" ? [fileContent, Buffer.alloc(0)] : [Buffer.alloc(0)];
    const file = Buffer.concat(content.map((payload, index) => toPackets(payload, 2 + index)));
    return [sent, upstream(payloads.slice(0, 1), 1), { from: "client", bytes: file }, upstream(payloads.slice(1), 2 + content.length)];
  });
}

function upstream(payloads: readonly Buffer[], sequenceId: number): Stretch {
  return { from: "upstream", bytes: Buffer.concat(payloads.map((payload, index) => toPackets(payload, sequenceId + index))) };
}
