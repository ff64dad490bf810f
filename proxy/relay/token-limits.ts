/** The limits of having a token verified, which may mean to ask the provider for its keys. */
import type { TokenVerdict } from "../model/client-credential.ts";
import type { QuestionLimits } from "./thread-questions.ts";

export const tokenLimits: QuestionLimits<TokenVerdict> = {
  longestMs: 15_000,
  mostAtOnce: 64,
  late: {
    ok: false,
    wrong: false,
    message: "The token could not be verified in time, because the identity provider did not answer. Try again.",
  },
  busy: { ok: false, wrong: false, message: "Too many tokens are being verified at this moment: try again in some seconds." },
};
