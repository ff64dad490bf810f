import { Ban, RefreshCw, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Machine } from "../../proxy/api/contract.ts";
import { type Failure, failureOf } from "../../proxy/model/failure.ts";
import { useApi } from "../api/api-context.ts";
import { dateTime, fullTime } from "../format/time.ts";
import { whyNot } from "../identity/role-text.ts";
import { ConfirmDialog } from "../shell/ConfirmDialog.tsx";
import { type Fact, FactList } from "../shell/FactList.tsx";
import { Notice } from "../shell/Notice.tsx";
import { PlainText } from "../shell/PlainText.tsx";
import { SecretOnce } from "../shell/SecretOnce.tsx";
import { useConnections } from "../state/connections.ts";
import { useMayUse } from "../state/identity.ts";
import { goTo } from "../state/use-place.ts";
import controls from "../styles/controls.module.css";
import styles from "../styles/details.module.css";
import { MachineMark } from "./MachineMark.tsx";
import { machineState } from "./machine-state.ts";

/** A machine's secret, from when it was made until the screen is left. */
export interface ToldSecret {
  readonly machine: string;
  readonly user: string;
  readonly secret: string;
}

interface MachineDetailsProps {
  readonly machine: Machine;
  /** Its secret, where it was just made. */
  readonly told: ToldSecret | null;
  /** It changed, and has this new secret. */
  readonly onChanged: (told: ToldSecret | null) => void;
}

/** One machine: who answers for it, what it may use and until when, and how that ends. */
export function MachineDetails({ machine, told, onChanged }: MachineDetailsProps) {
  const api = useApi();
  const mayChange = useMayUse("machines.register");
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const { id, name } = machine;
  const isGood = machineState(machine, Date.now() * 1000) === "good";
  const act = async (action: () => Promise<ToldSecret | null>): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      onChanged(await action());
    } catch (reason) {
      setFailure(failureOf(reason));
    } finally {
      setBusy(false);
    }
  };
  const rotate = (): Promise<void> =>
    act(async () => {
      const { secret } = await api.call("machines.rotate", { id });
      return secret === null ? null : { machine: id, ...secret };
    });
  const revoke = (): Promise<void> =>
    act(async () => {
      await api.call("machines.revoke", { id });
      return null;
    });
  const remove = (): Promise<void> =>
    act(async () => {
      await api.call("machines.remove", { id });
      goTo({ screen: "machines", machine: null });
      return null;
    });
  return (
    <div className={styles.details}>
      <header className={styles.heading}>
        <h2 className={styles.title}>
          <PlainText text={name} />
        </h2>
        <MachineMark machine={machine} />
        {mayChange && (
          <span className={styles.actions}>
            {isGood && machine.tokenSubject === null && (
              <ConfirmDialog
                title={
                  <>
                    Give <PlainText text={name} /> another secret?
                  </>
                }
                text="The secret that it has now lets nobody in from then on: it has to be told the new one."
                action="Rotate secret"
                onConfirm={() => void rotate()}
              >
                <button type="button" className={controls.button} disabled={busy}>
                  <RefreshCw size={13} aria-hidden="true" /> Rotate secret
                </button>
              </ConfirmDialog>
            )}
            {isGood ? (
              <ConfirmDialog
                title={
                  <>
                    Revoke <PlainText text={name} />?
                  </>
                }
                text="It is let in no more, for good. Its open sessions end as the settings say. What was recorded stays."
                action="Revoke machine"
                onConfirm={() => void revoke()}
              >
                <button type="button" className={controls.button} disabled={busy}>
                  <Ban size={13} aria-hidden="true" /> Revoke
                </button>
              </ConfirmDialog>
            ) : (
              <ConfirmDialog
                title={
                  <>
                    Remove <PlainText text={name} /> from the list?
                  </>
                }
                text="It is let in no more already. What was recorded of it stays."
                action="Remove machine"
                onConfirm={() => void remove()}
              >
                <button type="button" className={controls.button} disabled={busy}>
                  <Trash2 size={13} aria-hidden="true" /> Remove
                </button>
              </ConfirmDialog>
            )}
          </span>
        )}
      </header>
      {failure !== null && <Notice tone="error">{failure.message}</Notice>}
      {told !== null && <SecretOnce user={told.user} secret={told.secret} secretName="Secret" />}
      <MachineFacts machine={machine} />
      {!mayChange && <Notice tone="info">{whyNot("machines.register", "Changing it")}</Notice>}
    </div>
  );
}

function MachineFacts({ machine }: { readonly machine: Machine }) {
  const names = useConnections((state) => state.connections);
  const { owner, groups, connections, until, tokenSubject, user, registeredAt, rotatedAt, revokedAt } = machine;
  const nameOf = (id: string): string => names?.find((connection) => connection.id === id)?.name ?? id;
  const facts: readonly Fact[] = [
    ["Owner", <PlainText key="owner" text={owner} />],
    ["Groups", <PlainText key="groups" text={groups.join(", ") || "none"} />],
    ["Connections", <PlainText key="connections" text={connections === null ? "all" : connections.map(nameOf).join(", ") || "none"} />],
    tokenSubject === null
      ? ["User name", <code key="user">{user}</code>]
      : ["Presents", <PlainText key="subject" text={`tokens of the identity provider for “${tokenSubject}”`} />],
    ["Registered", <Time key="registered" at={registeredAt} />],
    ["Secret rotated", rotatedAt === null ? null : <Time key="rotated" at={rotatedAt} />],
    ["Expires", until === null ? "never" : <Time key="until" at={until} />],
    ["Revoked", revokedAt === null ? null : <Time key="revoked" at={revokedAt} />],
  ];
  return <FactList facts={facts} />;
}

function Time({ at }: { readonly at: number }) {
  return <span title={fullTime(at)}>{dateTime(at)}</span>;
}
