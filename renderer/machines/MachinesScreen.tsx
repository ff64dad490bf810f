import { Plus } from "lucide-react";
import { useState } from "react";
import type { Machine } from "../../proxy/api/contract.ts";
import { useCall } from "../api/use-call.ts";
import { whyNot } from "../identity/role-text.ts";
import { EmptyState } from "../shell/EmptyState.tsx";
import { Notice } from "../shell/Notice.tsx";
import { PlainText } from "../shell/PlainText.tsx";
import { ScreenHeading } from "../shell/ScreenHeading.tsx";
import { useMayUse } from "../state/identity.ts";
import { newMachine } from "../state/place.ts";
import { goTo } from "../state/use-place.ts";
import { classNames } from "../styles/class-names.ts";
import controls from "../styles/controls.module.css";
import styles from "../styles/list-and-page.module.css";
import { MachineDetails, type ToldSecret } from "./MachineDetails.tsx";
import { MachineForm } from "./MachineForm.tsx";
import { MachineMark } from "./MachineMark.tsx";

/** Programs that may use the proxy under a name of their own, and who answers for them. */
export function MachinesScreen({ chosen }: { readonly chosen: string | null }) {
  const { latest, failure, reload } = useCall("machines.list", {});
  const mayRegister = useMayUse("machines.register");
  const [told, setTold] = useState<ToldSecret | null>(null);
  const machines = latest?.machines ?? null;
  const isNew = chosen === newMachine && mayRegister;
  const shown = machines?.find(({ id }) => id === chosen) ?? (chosen === null ? machines?.[0] : undefined);
  const open = (machine: string): void => goTo({ screen: "machines", machine });
  const changed = (secret: ToldSecret | null): void => {
    setTold(secret);
    reload();
  };
  return (
    <div className={styles.screen}>
      <ScreenHeading title="Machines">
        {mayRegister && (
          <button type="button" className={classNames(controls.button, controls.small)} onClick={() => open(newMachine)}>
            <Plus size={14} aria-hidden="true" /> Register machine
          </button>
        )}
      </ScreenHeading>
      {failure !== null && <Notice tone="error">{failure.message}</Notice>}
      {machines !== null && machines.length === 0 && !isNew ? (
        <EmptyState title="No machine yet">
          <p>
            A machine is a program that connects without a person at it: an MCP server, a job, an application. It gets a secret of its own,
            and a person who answers for it. What it runs is recorded under its name, with its owner.
          </p>
          {mayRegister ? (
            <div>
              <button type="button" className={classNames(controls.button, controls.primary)} onClick={() => open(newMachine)}>
                Register a machine
              </button>
            </div>
          ) : (
            <p>{whyNot("machines.register", "Registering one")}</p>
          )}
        </EmptyState>
      ) : (
        <div className={styles.columns}>
          <nav className={styles.list} aria-label="Machines" data-pane="list" tabIndex={-1}>
            {machines?.map((machine) => (
              <MachineItem
                key={machine.id}
                machine={machine}
                current={!isNew && machine.id === shown?.id}
                onOpen={() => open(machine.id)}
              />
            ))}
            {isNew && <div className={classNames(styles.item, styles.current)}>New machine</div>}
          </nav>
          <div className={styles.page}>
            {isNew && (
              <div className={styles.sheet}>
                <h2 className={styles.title}>New machine</h2>
                <MachineForm
                  onRegistered={({ machine, secret }) => {
                    changed(secret === null ? null : { machine: machine.id, ...secret });
                    open(machine.id);
                  }}
                />
              </div>
            )}
            {!isNew && shown !== undefined && (
              <MachineDetails key={shown.id} machine={shown} told={told?.machine === shown.id ? told : null} onChanged={changed} />
            )}
            {machines !== null && !isNew && shown === undefined && (
              <EmptyState title="There is no such machine">
                <p>It may have been removed. Choose another one on the left.</p>
              </EmptyState>
            )}
          </div>
        </div>
      )}
    </div>
  );
}

interface MachineItemProps {
  readonly machine: Machine;
  readonly current: boolean;
  readonly onOpen: () => void;
}

function MachineItem({ machine, current, onOpen }: MachineItemProps) {
  return (
    <button type="button" className={classNames(styles.item, current && styles.current)} aria-current={current} onClick={onOpen}>
      <span className={styles.name}>
        <span className={styles.called}>
          <PlainText text={machine.name} />
        </span>
        <MachineMark machine={machine} />
      </span>
      <span className={styles.note}>
        Owner: <PlainText text={machine.owner} />
      </span>
    </button>
  );
}
