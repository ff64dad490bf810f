import type { AccessEvent } from "../../identity/access-log.ts";
import type { MachineWithSecret, RegisteredMachine } from "../../identity/registered-machine.ts";
import type { Caller } from "../caller.ts";
import { type Machine, machine as machineSchema } from "../contract.ts";
import type { Core } from "../core.ts";
import type { CallHandlers } from "../handler.ts";

type MachineCalls = Extract<keyof CallHandlers, `machines.${string}`>;
type MachineEvent = Extract<AccessEvent, { readonly machine: unknown }>["kind"];

/** Machines that may use the proxy. Their secrets go out once, when they are made. */
export function machineHandlers({ identity }: Core, caller: Caller): Pick<CallHandlers, MachineCalls> {
  const { machines, log } = identity;
  const record = (kind: MachineEvent, { id, name, owner }: RegisteredMachine): void =>
    log.record({ kind, actor: caller.actor(), machine: { id, name, owner } });
  return {
    "machines.list": async () => {
      await machines.refresh();
      return { machines: machines.list().map(listed) };
    },
    "machines.register": async (settings) => {
      const made = await machines.register(settings);
      record("machine-registered", made.machine);
      return told(made);
    },
    "machines.rotate": async ({ id }) => {
      const made = await machines.rotate(id);
      record("machine-rotated", made.machine);
      return told(made);
    },
    "machines.revoke": async ({ id }) => {
      const machine = await machines.revoke(id);
      record("machine-revoked", machine);
      return listed(machine);
    },
    "machines.remove": async ({ id }) => {
      record("machine-removed", await machines.remove(id));
      return {};
    },
  };
}

/** Without what verifies its secret. */
function listed(machine: RegisteredMachine): Machine {
  return machineSchema.parse(machine);
}

function told({ machine, secret }: MachineWithSecret) {
  return { machine: listed(machine), secret: secret === null ? null : { user: machine.user, secret } };
}
