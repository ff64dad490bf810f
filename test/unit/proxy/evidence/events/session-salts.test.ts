import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { SessionSalts } from "../../../../../proxy/evidence/events/session-salts.ts";

it("a salt is the HMAC of the part's path with the session's key, which is the HMAC of the session with the salt key", () => {
  const ascii = fc.string({ unit: "grapheme-ascii", maxLength: 256 });
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), ascii, fc.array(ascii), (saltKey, session, paths) => {
      const salts = new SessionSalts(saltKey, session);
      const key = createHmac("sha256", saltKey).update(session).digest();
      for (const path of paths) expect(salts.of(path)).toEqual(createHmac("sha256", key).update(path).digest());
    }),
  );
});

it("a path that is too long is refused, and not cut", () => {
  expect(() => new SessionSalts(Buffer.alloc(32), "session").of("x".repeat(257))).toThrow(RangeError);
});
