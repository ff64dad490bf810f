import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createAuthority, dnsNames, issueServerCertificate } from "../../../../proxy/relay/certificate-authority.ts";

const now = new Date("2026-01-15T00:00:00Z");

describe("the authority of a workstation", () => {
  it("issues certificates that are good for this machine and for TLS servers only", async () => {
    const authority = await createAuthority(now);
    const server = new X509Certificate(await issueServerCertificate(authority, "desk.example.com", now));
    expect(server.subjectAltName).toBe("DNS:localhost, DNS:desk.example.com, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1");
    expect(server.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(server.checkIssued(new X509Certificate(authority.certificate))).toBe(true);
    expect(server.validToDate.toISOString()).toBe("2027-02-16T00:00:00.000Z");
  });

  it("is its own issuer, and no two are the same", async () => {
    const [one, other] = await Promise.all([createAuthority(now), createAuthority(now)]);
    const certificate = new X509Certificate(one.certificate);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.verify(new X509Certificate(other.certificate).publicKey)).toBe(false);
  });
});

it.each([
  ["desk", ["localhost", "desk"]],
  ["Desk-7.example.com", ["localhost", "Desk-7.example.com"]],
  ["localhost", ["localhost"]],
  ["my_desk", ["localhost"]],
  ["Jürgens MacBook", ["localhost"]],
  ["", ["localhost"]],
])("puts the host name %j in a certificate only if it can bear it", (host, names) => {
  expect(dnsNames(host)).toEqual(names);
});
