import type { IncomingMessage } from "node:http";

/** A response of the largest size that is read, in base64, with room for what else is in the form. */
const bodyLimit = 512 * 1024;

/** The fields of a form; `null` where it is larger than any provider's has to be: no more than that is read. May reject. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > bodyLimit) return null;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString("latin1"));
}
