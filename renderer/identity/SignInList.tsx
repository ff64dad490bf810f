import { useState } from "react";
import type { SignInListed } from "../../proxy/api/contract.ts";
import { type Failure, failureOf } from "../../proxy/model/failure.ts";
import { useApi } from "../api/api-context.ts";
import { useCall } from "../api/use-call.ts";
import { dateTime, fullTime } from "../format/time.ts";
import { ConfirmDialog } from "../shell/ConfirmDialog.tsx";
import { Notice } from "../shell/Notice.tsx";
import { PlainText } from "../shell/PlainText.tsx";
import { classNames } from "../styles/class-names.ts";
import controls from "../styles/controls.module.css";
import styles from "./SignInList.module.css";

/** Who is signed in at this workstation, as far as the person may know: an admin of everybody, others of their own browsers. */
export function SignInList() {
  const api = useApi();
  const { latest, failure, reload } = useCall("identity.signIns", {});
  const [refused, setRefused] = useState<Failure | null>(null);
  const end = (id: string): void => {
    setRefused(null);
    api
      .call("identity.endSignIn", { id })
      .catch((reason: unknown) => setRefused(failureOf(reason)))
      .finally(reload);
  };
  const problem = refused ?? failure;
  return (
    <>
      {problem !== null && <Notice tone="error">{problem.message}</Notice>}
      <table className={styles.table}>
        <thead>
          <tr>
            {["Person", "Since", "Last there"].map((heading) => (
              <th key={heading} scope="col" className={styles.heading}>
                {heading}
              </th>
            ))}
            <th scope="col" className={styles.heading}>
              <span className={styles.hidden}>End it</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {latest?.signIns.map((signIn) => (
            <SignInRow key={signIn.id} signIn={signIn} onEnd={() => end(signIn.id)} />
          ))}
        </tbody>
      </table>
    </>
  );
}

function SignInRow({ signIn, onEnd }: { readonly signIn: SignInListed; readonly onEnd: () => void }) {
  const { name, email, issuer, subject, since, seenAt, here } = signIn;
  return (
    <tr>
      <th scope="row" className={styles.person} title={`${subject} at ${issuer}`}>
        <PlainText text={name} />
        {email !== null && email !== name && (
          <span className={styles.note}>
            <PlainText text={email} />
          </span>
        )}
      </th>
      <td className={styles.time} title={fullTime(since)}>
        {dateTime(since)}
      </td>
      {here && <td className={styles.time}>here</td>}
      {!here && (seenAt === null ? <td className={styles.time}>now</td> : <LastThere at={seenAt} />)}
      <td className={styles.end}>
        {!here && (
          <ConfirmDialog
            title={
              <>
                End the sign-in of <PlainText text={name} />?
              </>
            }
            text="Their credentials end with it, and new sessions with them are refused. What was recorded stays."
            action="End sign-in"
            onConfirm={onEnd}
          >
            <button type="button" className={classNames(controls.button, controls.small)}>
              End
            </button>
          </ConfirmDialog>
        )}
      </td>
    </tr>
  );
}

function LastThere({ at }: { readonly at: number }) {
  return (
    <td className={styles.time} title={fullTime(at)}>
      {dateTime(at)}
    </td>
  );
}
