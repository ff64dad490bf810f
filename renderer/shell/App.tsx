import { CommandFailureBanner } from "../commands/CommandFailureBanner.tsx";
import { SignInScreen } from "../identity/SignInScreen.tsx";
import { identityKey, isSignedOut, useIdentity } from "../state/identity.ts";
import styles from "./App.module.css";
import { LinkBanner } from "./LinkBanner.tsx";
import { RecordingBanner } from "./RecordingBanner.tsx";
import { StatusBar } from "./StatusBar.tsx";
import { Workstation } from "./Workstation.tsx";

/** The window: what is said above all, the workstation of who is signed in or the way to sign in, and the status bar. */
export function App() {
  const identity = useIdentity((state) => state.identity);
  return (
    <div className={styles.app}>
      <div className={styles.banners}>
        <LinkBanner />
        <RecordingBanner />
        <CommandFailureBanner />
      </div>
      {identity !== null && isSignedOut(identity) && (
        <main className={styles.whole}>
          <SignInScreen identity={identity} />
        </main>
      )}
      {identity !== null && !isSignedOut(identity) && <Workstation key={identityKey(identity)} />}
      <StatusBar />
    </div>
  );
}
