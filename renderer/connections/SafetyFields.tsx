import type { ConnectionInput, ConnectionListed } from "../../proxy/api/contract.ts";
import { CopyButton } from "../shell/CopyButton.tsx";
import { Field } from "../shell/Field.tsx";
import { useStatus } from "../state/status.ts";
import styles from "../styles/form.module.css";
import type { DraftFieldsProps } from "./draft.ts";
import fileStyles from "./SafetyFields.module.css";

type Choice<T extends string> = { readonly [value in T]: string };

const upstreamTls: Choice<ConnectionInput["upstreamTls"]> = {
  off: "Off",
  preferred: "Preferred: if the server offers it, not verified",
  required: "Required, not verified",
  "verify-ca": "Verify the certificate authority",
  "verify-identity": "Verify the authority and the host name",
};

const upstreamCompression: Choice<ConnectionListed["upstreamCompression"]> = {
  off: "No",
  zlib: "zlib, if the server offers it",
  zstd: "zstd, if the server offers it",
};

const proxyProtocol: Choice<ConnectionListed["proxyProtocol"]> = {
  off: "No",
  v1: "PROXY protocol, version 1",
  v2: "PROXY protocol, version 2",
};

const clientTls: Choice<ConnectionInput["clientTls"]> = { off: "Off", optional: "Optional", required: "Required" };

const durability: Choice<ConnectionInput["durability"]> = {
  os: "Written before forwarded, on the disk within 200 ms",
  strict: "An answer also waits for the disk",
};

/** TLS on both sides, and how soon a recording is on the disk. */
export function SafetyFields({ draft, errors, change }: DraftFieldsProps) {
  const caFile = useStatus(({ info }) => info?.clientCaFile ?? null);
  const verifies = draft.upstreamTls === "verify-ca" || draft.upstreamTls === "verify-identity";
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>Safety</legend>
      <Choices
        label="TLS to the upstream"
        choices={upstreamTls}
        value={draft.upstreamTls}
        onChange={(value) => change({ upstreamTls: value })}
      />
      {(verifies || draft.upstreamCa !== "") && (
        <Field
          label="Authority"
          error={errors.upstreamCa}
          hint="The certificate authority to trust for the upstream, in PEM form. Empty: the system's."
        >
          {(control) => (
            <textarea
              {...control}
              rows={4}
              spellCheck={false}
              placeholder="-----BEGIN CERTIFICATE-----"
              value={draft.upstreamCa}
              onChange={(event) => change({ upstreamCa: event.target.value })}
            />
          )}
        </Field>
      )}
      <Choices
        label="Compress towards the upstream"
        choices={upstreamCompression}
        value={draft.upstreamCompression}
        onChange={(value) => change({ upstreamCompression: value })}
      />
      <Choices
        label="Tell the upstream clients' addresses"
        choices={proxyProtocol}
        value={draft.proxyProtocol}
        onChange={(value) => change({ proxyProtocol: value })}
        hint={draft.proxyProtocol === "off" ? undefined : "The upstream must expect it, e.g. MariaDB by proxy_protocol_networks."}
      />
      <Choices
        label="TLS for clients"
        choices={clientTls}
        value={draft.clientTls}
        onChange={(value) => change({ clientTls: value })}
        hint={
          draft.clientTls === "off" || caFile === null ? undefined : (
            <span className={fileStyles.file}>
              <span>
                Clients that verify trust <code>{caFile}</code>
              </span>
              <CopyButton text={caFile} what="the file's path" />
            </span>
          )
        }
      />
      <Choices label="Durability" choices={durability} value={draft.durability} onChange={(value) => change({ durability: value })} />
    </fieldset>
  );
}

interface ChoicesProps<T extends string> {
  readonly label: string;
  readonly choices: Choice<T>;
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly hint?: React.ReactNode;
}

function Choices<T extends string>({ label, choices, value, onChange, hint }: ChoicesProps<T>) {
  const values = Object.keys(choices) as T[];
  return (
    <Field label={label} hint={hint}>
      {(control) => (
        <select {...control} value={value} onChange={(event) => onChange(values.find((one) => one === event.target.value) ?? value)}>
          {values.map((one) => (
            <option key={one} value={one}>
              {choices[one]}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
