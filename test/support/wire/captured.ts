/** Commands and the answers that real servers gave to them, as captured by `capture.ts`. */
import fs from "node:fs";

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
