import type { ConnectionListed } from "../../proxy/api/contract.ts";
import { HowToConnect } from "../connections/HowToConnect.tsx";
import { hostAndPort, listeningAt } from "../connections/listener-text.ts";
import { whyNot } from "../identity/role-text.ts";
import { EmptyState } from "../shell/EmptyState.tsx";
import { PlainText } from "../shell/PlainText.tsx";
import { useMayUse } from "../state/identity.ts";
import { newConnection } from "../state/place.ts";
import { goTo } from "../state/use-place.ts";
import { classNames } from "../styles/class-names.ts";
import controls from "../styles/controls.module.css";

/** What to do while nothing was recorded yet: make a connection, start it, or point a client at it. */
export function FirstClient({ connections }: { readonly connections: readonly ConnectionListed[] }) {
  const mayAdd = useMayUse("connections.save");
  const listening = connections.filter((connection) => connection.listener.state === "listening");
  const first = listening[0] ?? connections[0];
  if (first === undefined) {
    return (
      <EmptyState title="Nothing to record yet">
        <p>
          Stenograph sits between your MySQL client and the server, and writes down every statement and every result. Say which server, and
          you get an address that your client uses instead.
        </p>
        {mayAdd ? (
          <div>
            <button
              type="button"
              className={classNames(controls.button, controls.primary)}
              onClick={() => goTo({ screen: "connections", connection: newConnection })}
            >
              Add a connection
            </button>
          </div>
        ) : (
          <p>{whyNot("connections.save", "Adding one")}</p>
        )}
      </EmptyState>
    );
  }
  if (listening.length === 0) {
    return (
      <EmptyState title="No connection is started">
        <p>
          <PlainText text={first.name} /> is set up, but nothing listens for clients. Start it, then connect through it.
        </p>
        <div>
          <button
            type="button"
            className={classNames(controls.button, controls.primary)}
            onClick={() => goTo({ screen: "connections", connection: first.id })}
          >
            Open <PlainText text={first.name} />
          </button>
        </div>
      </EmptyState>
    );
  }
  return (
    <EmptyState title="Waiting for the first client">
      <p>
        Connect any MySQL client to <b>{listeningAt(first.listener)}</b> instead of{" "}
        <PlainText text={hostAndPort(first.upstream.host, first.upstream.port)} />. Its statements appear here as they run.
      </p>
      <HowToConnect connection={first} />
    </EmptyState>
  );
}
