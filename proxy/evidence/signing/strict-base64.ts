/**
 * The bytes of a text in base64, with the standard or with the URL-safe alphabet (RFC 4648, 4 and 5); `null` where it is not
 * written in the one way that its alphabet has for these bytes. The padding may be left out with the URL-safe one.
 */
export function readBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64");
  const standard = bytes.toString("base64");
  const urlSafe = standard.replaceAll("+", "-").replaceAll("/", "_");
  return text === standard || text === urlSafe || text === urlSafe.replace(/=+$/, "") ? bytes : null;
}
