import type { Connection } from "./connection.ts";
import { socketPathOf } from "./endpoint.ts";

/**
 * Over a Unix socket a server can let a user in for what the system says about the process at the other end
 * (`auth_socket`, `unix_socket`): with a proxy between them it would take the proxy for the client. Where clients bring
 * their own accounts, they must therefore be the same user's, which a Unix socket to listen on makes sure of. `null`
 * where they are, else a sentence for a person.
 */
export function socketTrustProblem({ auth, listen, upstream }: Pick<Connection, "auth" | "listen" | "upstream">): string | null {
  if (auth !== "passthrough" || socketPathOf(upstream) === null || socketPathOf(listen) !== null) return null;
  return "The upstream is a Unix socket, where a server may sign Stenograph's own user in without a password: anyone who reaches the listening port could use that. Listen on a Unix socket too, choose mapped sign-in, or reach the upstream over TCP.";
}
