import type { ConnectionListed } from "../../proxy/api/contract.ts";
import { FactList } from "../shell/FactList.tsx";
import { PlainText } from "../shell/PlainText.tsx";
import { hostAndPort } from "./listener-text.ts";

/** A connection's settings for who may read but not change them. */
export function ConnectionFacts({ connection }: { readonly connection: ConnectionListed }) {
  const { upstream, listen, auth, identity, upstreamUser, upstreamTls, clientTls } = connection;
  return (
    <FactList
      facts={[
        ["Upstream", <PlainText key="upstream" text={hostAndPort(upstream.host, upstream.port)} />],
        ["Listens on", <PlainText key="listen" text={hostAndPort(listen.host, listen.port)} />],
        [
          "Clients are",
          identity === "sign-in" ? "who signed in, and registered machines" : "the user of this workstation, not authenticated",
        ],
        ["Sign-in", auth === "mapped" ? "a stored account (mapped)" : "clients' own accounts (passthrough)"],
        ["Upstream account", upstreamUser === null ? null : <PlainText key="account" text={upstreamUser} />],
        ["TLS", `upstream: ${upstreamTls}; clients: ${clientTls}`],
      ]}
    />
  );
}
