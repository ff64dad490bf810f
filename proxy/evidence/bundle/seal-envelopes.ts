import { canonicalText } from "../canonical/canonical.ts";
import { sealStatementBytes } from "../seal/seal-statement.ts";
import { envelopeOf } from "../signing/dsse.ts";
import { inTotoPayloadType } from "../signing/in-toto.ts";
import { sigstoreBundleOf } from "../signing/sigstore-bundle.ts";
import type { BundleWriter } from "./bundle-writer.ts";
import type { SessionSource } from "./session-items.ts";
import { sessionFolder } from "./session-part.ts";

const names = { device: "seal.device.sigstore.json", identity: "seal.sigstore.json" } as const;

/** Writes a seal's signatures as envelopes, which others can check too: one by the device key, one by an identity key, as far as there are. */
export async function writeSealEnvelopes(writer: BundleWriter, { session, seal }: SessionSource): Promise<void> {
  const payload = sealStatementBytes(session, seal);
  for (const by of ["device", "identity"] as const) {
    const signature = seal.signatures.find((each) => each.by === by);
    if (signature === undefined) continue;
    const envelope = envelopeOf(inTotoPayloadType, payload, { keyid: signature.keyId, sig: signature.sig });
    await writer.addWhole(`${sessionFolder(session)}/${names[by]}`, canonicalText(sigstoreBundleOf(envelope)));
  }
}
