import { describe, expect, it } from "vitest";
import { Capability } from "../../../../proxy/protocol/capabilities.ts";
import { encodeErrPacket } from "../../../../proxy/protocol/err-packet.ts";
import { writeResponseHead } from "../../../../proxy/protocol/ssl-request.ts";
import { encryptUpstream, readGreeting } from "../../../../proxy/relay/upstream-opening.ts";
import { greetings } from "../../../support/connection-phase-packets.ts";
import { greetingOf } from "../../../support/connection-phase-settings.ts";
import { Playbook, someTls } from "../../../support/playbook.ts";

const head = { capabilities: Capability.PROTOCOL_41, maxPacketSize: 1024, characterSet: 255, mariaDbCapabilities: 0 };
const withoutTls = { ...greetingOf("mysql"), capabilities: Capability.PROTOCOL_41 };

describe("the upstream's greeting", () => {
  it("is read", () => {
    expect(new Playbook(readGreeting()).hears("upstream", greetings.mysql).result).toEqual(greetingOf("mysql"));
  });

  it("may be an error, which goes to the client byte for byte", () => {
    const tooMany = encodeErrPacket({ errno: 1040, sqlstate: "08004", message: "Too many connections" }, false);
    const { refusal } = new Playbook(readGreeting()).hears("upstream", tooMany);
    expect(refusal).toMatchObject({ cause: "sign-in-failed", answer: tooMany });
    expect(refusal.detail).toBe("The upstream refused: Too many connections (1040, HY000).");
  });

  it.each([Buffer.alloc(0), Buffer.from("SSH-2.0-OpenSSH_9.2"), greetings.mysql.subarray(0, 20)])(
    "may be something else (%#)",
    (garbage) => {
      expect(new Playbook(readGreeting()).hears("upstream", garbage).refusal.cause).toBe("upstream-malformed");
    },
  );
});

describe("TLS towards the upstream", () => {
  it("is asked for by an SSLRequest with the client's own fields", () => {
    const request = writeResponseHead({ ...head, capabilities: Capability.PROTOCOL_41 | Capability.SSL }).payload();
    const played = new Playbook(encryptUpstream(greetingOf("mysql"), "preferred", head)).says("upstream", request).encrypts("upstream");
    expect(played.result).toEqual(someTls);
  });

  it("is left out where it is off, or preferred and not to be had", () => {
    expect(new Playbook(encryptUpstream(greetingOf("mysql"), "off", head)).result).toBeNull();
    expect(new Playbook(encryptUpstream(withoutTls, "preferred", head)).result).toBeNull();
  });

  it.each(["required", "verify-ca", "verify-identity"] as const)("is never left out where it is %s", (mode) => {
    const { refusal, error } = new Playbook(encryptUpstream(withoutTls, mode, head));
    expect(refusal.cause).toBe("upstream-unreachable");
    expect(error.message).toContain("does not offer it");
  });
});
