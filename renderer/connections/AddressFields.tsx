import { Field } from "../shell/Field.tsx";
import styles from "../styles/form.module.css";
import type { DraftFieldsProps } from "./draft.ts";

/** Name, where the server is, and where clients connect. */
export function AddressFields({ draft, errors, change }: DraftFieldsProps) {
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>Addresses</legend>
      <Field label="Name" error={errors.name}>
        {(control) => (
          <input
            {...control}
            value={draft.name}
            placeholder="e.g. Shop, production"
            onChange={(event) => change({ name: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="Upstream"
        error={errors.upstreamHost ?? errors.upstreamPort}
        hint="The real MySQL or MariaDB server: host and port, or the path of its Unix socket."
      >
        {(control) => (
          <div className={styles.pair}>
            <input
              {...control}
              value={draft.upstreamHost}
              aria-invalid={errors.upstreamHost !== undefined}
              onChange={(event) => change({ upstreamHost: event.target.value })}
            />
            <input
              {...control}
              id={`${control.id}-port`}
              aria-label="Upstream port"
              aria-invalid={errors.upstreamPort !== undefined}
              inputMode="numeric"
              value={draft.upstreamPort}
              onChange={(event) => change({ upstreamPort: event.target.value })}
            />
          </div>
        )}
      </Field>
      <Field
        label="Listen on"
        error={errors.listenHost ?? errors.listenPort}
        hint="Where clients connect instead: address and port (0 picks a free one at each start), or a path to make a Unix socket at."
      >
        {(control) => (
          <div className={styles.pair}>
            <input
              {...control}
              value={draft.listenHost}
              aria-invalid={errors.listenHost !== undefined}
              onChange={(event) => change({ listenHost: event.target.value })}
            />
            <input
              {...control}
              id={`${control.id}-port`}
              aria-label="Listen port"
              aria-invalid={errors.listenPort !== undefined}
              inputMode="numeric"
              value={draft.listenPort}
              onChange={(event) => change({ listenPort: event.target.value })}
            />
          </div>
        )}
      </Field>
    </fieldset>
  );
}
