import { useCall } from "../api/use-call.ts";
import { Notice } from "../shell/Notice.tsx";
import { ScreenHeading } from "../shell/ScreenHeading.tsx";
import { classNames } from "../styles/class-names.ts";
import styles from "./AccountScreen.module.css";
import { SettingsForm } from "./SettingsForm.tsx";

/** How people sign in here, and what their groups allow them. */
export function SettingsScreen() {
  const { latest, failure } = useCall("identity.settings", {});
  return (
    <div className={styles.screen}>
      <ScreenHeading title="Settings" note="sign-in and roles" />
      <div className={classNames(styles.page, styles.flush)} data-pane="list" tabIndex={-1}>
        {failure !== null && <Notice tone="error">{failure.message}</Notice>}
        {latest !== null && (
          <section className={classNames(styles.section, styles.spaced)}>
            {latest.provider === null && <HowToBegin />}
            <SettingsForm settings={latest} />
          </section>
        )}
      </div>
    </div>
  );
}

/** For who has no provider yet. */
function HowToBegin() {
  return (
    <Notice tone="info">
      Nobody signs in here yet, so recordings name the operating system's user, which proves nothing. To have sessions recorded under
      people's own names: register Stenograph at your identity provider, enter it below, test it, give your groups roles (one of them
      admin), save, and sign in. Then set “Clients are” of your connections to who signed in.
    </Notice>
  );
}
