/** A secret that a test can find again wherever it went, and the forms in which it could be there. */
import { hash, randomBytes } from "node:crypto";

export interface Canary {
  /** What it is the secret of. */
  readonly of: string;
  readonly text: string;
  /** Whether whoever knows a digest of it can sign in with that, or try passwords on it. */
  readonly password: boolean;
}

/** How a secret could be written: the bytes to look for. */
export interface Form {
  readonly name: string;
  readonly bytes: Buffer;
}

/** A secret with signs that each way of quoting writes differently. */
export function canaryOf(of: string, password = true): Canary {
  return { of, text: `Kanarie${randomBytes(8).toString("hex")}&+"`, password };
}

/** The forms of a secret: as text, quoted, encoded, and digests of it where those are as good as the secret. */
export function formsOf({ text, password }: Canary): readonly Form[] {
  const bytes = Buffer.from(text);
  const forms = [...written("", bytes), ...quoted(text)];
  if (password) {
    for (const algorithm of ["sha1", "sha256"] as const) {
      const once = hash(algorithm, bytes, "buffer");
      forms.push(
        ...written(`${algorithm} of it `, once),
        ...written(`${algorithm} of ${algorithm} of it `, hash(algorithm, once, "buffer")),
      );
    }
  }
  const known = new Set<string>();
  return forms.filter((form) => !known.has(form.bytes.toString("latin1")) && known.add(form.bytes.toString("latin1")));
}

function written(what: string, bytes: Buffer): Form[] {
  const hex = bytes.toString("hex");
  const form = (name: string, text: string): Form => ({ name: `${what}${name}`, bytes: Buffer.from(text) });
  return [
    { name: `${what}bytes`, bytes },
    form("hex", hex),
    form("HEX", hex.toUpperCase()),
    ...[0, 1, 2].flatMap((shift) => {
      const base64 = withinBase64(bytes, shift);
      return [form("base64", base64), form("base64url", base64.replaceAll("+", "-").replaceAll("/", "_"))];
    }),
  ];
}

/** Base64 of the bytes where `shift` bytes of three are before them, without the characters that depend on what is around. */
function withinBase64(bytes: Buffer, shift: number): string {
  const base64 = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString("base64")
    .replace(/=+$/, "");
  const first = shift === 0 ? 0 : shift + 1;
  const whole = Math.floor(((shift + bytes.length) * 8) / 6);
  return base64.slice(first, whole);
}

function quoted(text: string): Form[] {
  const wide = Buffer.from(text, "utf16le");
  const texts = {
    "in a URL": encodeURIComponent(text),
    "in a form": new URLSearchParams([["", text]]).toString().slice(1),
    "in JSON": JSON.stringify(text).slice(1, -1),
    "in JSON in JSON": JSON.stringify(JSON.stringify(text)).slice(3, -3),
    "in SQL": text.replace(/["'\\]/g, "\\$&"),
    "in HTML": text.replaceAll("&", "&amp;").replaceAll('"', "&quot;"),
  };
  return [
    { name: "UTF-16", bytes: wide },
    { name: "UTF-16, the other way round", bytes: Buffer.from(wide).swap16() },
    ...Object.entries(texts).map(([name, form]) => ({ name, bytes: Buffer.from(form) })),
  ];
}
