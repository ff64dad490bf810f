import { CopyButton } from "./CopyButton.tsx";
import styles from "./SecretOnce.module.css";

interface SecretOnceProps {
  readonly user: string;
  readonly secret: string;
  readonly secretName: string;
}

/** A user name and its secret, in the only moment in which the secret can be seen. */
export function SecretOnce({ user, secret, secretName }: SecretOnceProps) {
  return (
    <section className={styles.once} aria-label={`User name and ${secretName.toLowerCase()}`}>
      <p>
        <b>Copy it now.</b> The {secretName.toLowerCase()} is shown this once, and kept nowhere.
      </p>
      <dl className={styles.pairs}>
        <dt>User name</dt>
        <dd>
          <code>{user}</code>
          <CopyButton text={user} what="the user name" />
        </dd>
        <dt>{secretName}</dt>
        <dd>
          <code>{secret}</code>
          <CopyButton text={secret} what={`the ${secretName.toLowerCase()}`} />
        </dd>
      </dl>
    </section>
  );
}
