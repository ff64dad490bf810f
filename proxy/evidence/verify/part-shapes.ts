/** The forms of what parts hold, so that who shows them need not ask again. */
import type { PartKind } from "../bundle/part-path.ts";

/** Whether a value has the form that parts of this kind have. */
export function hasFormOf(kind: PartKind, value: unknown): boolean {
  switch (kind) {
    case "sql":
      return isSegment(value);
    case "params":
    case "attributes":
      return Array.isArray(value) ? value.every(isParameter) : isParameter(value);
    case "definitions":
      return Array.isArray(value) && value.every(isRecord);
    case "block":
      return Array.isArray(value) && value.length > 0 && value.every(isCell);
    case "detail":
      return value === null || typeof value === "string";
    case "details":
    case "claimed":
    case "value":
      return typeof value === "object" && value !== null;
    default:
      return kind satisfies never;
  }
}

/** A piece of a statement's text. */
export interface Segment {
  readonly literal: boolean;
  readonly text: string;
}

export function isSegment(value: unknown): value is Segment {
  return isRecord(value) && typeof value.literal === "boolean" && typeof value.text === "string" && Object.keys(value).length === 2;
}

function isParameter(value: unknown): boolean {
  if (!isRecord(value) || !isCell(value.value)) return false;
  return typeof value.type === "string" && typeof value.unsigned === "boolean" && (value.name === null || typeof value.name === "string");
}

function isCell(value: unknown): boolean {
  if (value === null || typeof value === "string") return true;
  if (!isRecord(value) || Object.keys(value).length !== 1) return false;
  return typeof value.base64 === "string" || value.undecoded === true || isLong(value.long);
}

/** A cell that is too long to stand in a part; its content is in the recording. */
function isLong(value: unknown): boolean {
  if (!isRecord(value) || Object.keys(value).length !== 3) return false;
  return typeof value.sha256 === "string" && Number.isSafeInteger(value.bytes) && (value.kind === "text" || value.kind === "base64");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
