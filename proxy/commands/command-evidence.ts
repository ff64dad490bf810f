import { composeEvidence, type RunningEvidence } from "../compose-evidence.ts";
import { openCommandSecrets } from "./command-identity.ts";
import { say } from "./output.ts";

/** The workstation's device key and device log, for a command that records nothing. Rejects with a `FailureError`. */
export async function openCommandEvidence(dataDirectory: string): Promise<RunningEvidence> {
  const secrets = await openCommandSecrets(dataDirectory);
  return composeEvidence({ dataDirectory, secrets, keys: null, sessionsEndAtOnce: () => false, openSessions: () => 0, say });
}
