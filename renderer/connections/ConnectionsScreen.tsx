import { Plus } from "lucide-react";
import { useEffect } from "react";
import type { ConnectionListed } from "../../proxy/api/contract.ts";
import { useApi } from "../api/api-context.ts";
import { whyNot } from "../identity/role-text.ts";
import { EmptyState } from "../shell/EmptyState.tsx";
import { Notice } from "../shell/Notice.tsx";
import { PlainText } from "../shell/PlainText.tsx";
import { ScreenHeading } from "../shell/ScreenHeading.tsx";
import { loadConnections, useConnections } from "../state/connections.ts";
import { useMayUse } from "../state/identity.ts";
import { newConnection } from "../state/place.ts";
import { useStatus } from "../state/status.ts";
import { goTo } from "../state/use-place.ts";
import { classNames } from "../styles/class-names.ts";
import controls from "../styles/controls.module.css";
import styles from "../styles/list-and-page.module.css";
import { ConnectionDetails } from "./ConnectionDetails.tsx";
import { ConnectionForm } from "./ConnectionForm.tsx";
import { ListenerMark } from "./ListenerMark.tsx";
import { hostAndPort, listeningAt } from "./listener-text.ts";

/** The upstreams, where clients reach them, and their settings. */
export function ConnectionsScreen({ chosen }: { readonly chosen: string | null }) {
  const api = useApi();
  const { connections, failure } = useConnections();
  const mayAdd = useMayUse("connections.save");
  const listeners = useStatus(({ status }) => status?.listeners);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a listener that changed state asks for the list again
  useEffect(() => {
    void loadConnections(api);
  }, [api, listeners]);
  const shown = connections?.find((connection) => connection.id === chosen) ?? (chosen === null ? connections?.[0] : undefined);
  const isNew = chosen === newConnection && mayAdd;
  const open = (connection: string): void => goTo({ screen: "connections", connection });

  return (
    <div className={styles.screen}>
      <ScreenHeading title="Connections">
        {mayAdd && (
          <button type="button" className={classNames(controls.button, controls.small)} onClick={() => open(newConnection)}>
            <Plus size={14} aria-hidden="true" /> Add connection
          </button>
        )}
      </ScreenHeading>
      {failure !== null && <Notice tone="error">{failure.message}</Notice>}
      {connections !== null && connections.length === 0 && !isNew ? (
        <EmptyState title="No connection yet">
          <p>A connection is a MySQL or MariaDB server together with the address on which Stenograph takes clients for it.</p>
          {mayAdd ? (
            <div>
              <button type="button" className={classNames(controls.button, controls.primary)} onClick={() => open(newConnection)}>
                Add a connection
              </button>
            </div>
          ) : (
            <p>{whyNot("connections.save", "Adding one")}</p>
          )}
        </EmptyState>
      ) : (
        <div className={styles.columns}>
          <nav className={styles.list} aria-label="Connections" data-pane="list" tabIndex={-1}>
            {connections?.map((connection) => (
              <ConnectionItem
                key={connection.id}
                connection={connection}
                current={connection.id === shown?.id}
                onOpen={() => open(connection.id)}
              />
            ))}
            {isNew && <div className={classNames(styles.item, styles.current)}>New connection</div>}
          </nav>
          <div className={styles.page}>
            {isNew ? (
              <div className={styles.sheet}>
                <h2 className={styles.title}>New connection</h2>
                <ConnectionForm listed={null} onSaved={(saved) => open(saved.id)} />
              </div>
            ) : (
              shown !== undefined && <ConnectionDetails key={shown.id} connection={shown} />
            )}
            {connections !== null && shown === undefined && !isNew && (
              <EmptyState title="There is no such connection">
                <p>It may have been removed. Choose another one on the left.</p>
              </EmptyState>
            )}
          </div>
        </div>
      )}
    </div>
  );
}

interface ConnectionItemProps {
  readonly connection: ConnectionListed;
  readonly current: boolean;
  readonly onOpen: () => void;
}

function ConnectionItem({ connection, current, onOpen }: ConnectionItemProps) {
  const { name, listener, listen, upstream } = connection;
  return (
    <button type="button" className={classNames(styles.item, current && styles.current)} aria-current={current} onClick={onOpen}>
      <span className={styles.name}>
        <span className={styles.called}>
          <PlainText text={name} />
        </span>
        <ListenerMark listener={listener} />
      </span>
      <span className={styles.route}>
        {listeningAt(listener) ||
          (listen.port === 0 && !listen.host.startsWith("/") ? `${listen.host}, any port` : hostAndPort(listen.host, listen.port))}{" "}
        → <PlainText text={hostAndPort(upstream.host, upstream.port)} />
      </span>
    </button>
  );
}
