import { describe, expect, it } from "vitest";
import type { ClientTls } from "../../../../proxy/model/connection.ts";
import { openClient } from "../../../../proxy/relay/client-opening.ts";
import { type FactsDraft, noFacts } from "../../../../proxy/relay/connection-phase-facts.ts";
import { greetings, responses, sslRequest } from "../../../support/connection-phase-packets.ts";
import { greetingOf, responseOf } from "../../../support/connection-phase-settings.ts";
import { Playbook, someTls } from "../../../support/playbook.ts";

function play(clientTls: ClientTls, facts: FactsDraft = noFacts("db:3306")) {
  return new Playbook(openClient(greetingOf("mysql"), clientTls, facts)).says("client", greetings.mysql);
}

describe("the opening of a client", () => {
  it("ends with the client's answer", () => {
    const facts = noFacts("db:3306");
    expect(play("optional", facts).hears("client", responses.mysql).result).toEqual(responseOf("mysql"));
    expect(facts.tls.client).toBeNull();
  });

  it("turns on TLS when the client asks for it, and takes the answer after that", () => {
    const facts = noFacts("db:3306");
    const opened = play("required", facts).hears("client", sslRequest).encrypts("client").hears("client", responses.mariadb);
    expect(opened.result.user.toString()).toBe("app");
    expect(facts.tls.client).toEqual(someTls);
  });

  it("refuses a client without TLS where TLS is required", () => {
    const played = play("required").hears("client", responses.mysql);
    expect(played.error).toMatchObject({ errno: 3159 });
    expect(played.refusal.cause).toBe("sign-in-failed");
  });

  it("refuses TLS where it is not offered", () => {
    expect(play("off").hears("client", sslRequest).error.message).toContain("does not offer");
  });

  it("refuses a client from before 4.1 in a packet that it can read", () => {
    const played = play("optional").hears("client", Buffer.from("0580000000726f6f7400", "hex"));
    expect(played.refusal.cause).toBe("client-malformed");
    expect((played.refusal.answer as Buffer).subarray(0, 4).toString("latin1")).toBe("\xff\x13\x04B");
  });

  it.each([0, 4, 31, 33, 36])("refuses an answer of which only %i bytes are there", (length) => {
    expect(play("optional").hears("client", responses.mysql.subarray(0, length)).refusal.cause).toBe("client-malformed");
  });
});
