/** One sign-in by SAML from its beginning to its end, with what was seen of it on the way. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IdentitySettings, SamlSettings } from "../../../proxy/identity/identity-settings.ts";
import type { SignIn } from "../../../proxy/identity/sign-in.ts";
import { type SignInEvent, SignIns } from "../../../proxy/identity/sign-ins.ts";
import { type Failure, failureOf } from "../../../proxy/model/failure.ts";
import { bring, type SamlProvider, type SignInQuestion } from "./saml-provider.ts";

export interface SeenSignIn {
  /** `null` where it failed. */
  readonly signIn: SignIn | null;
  readonly failure: Failure | null;
  readonly log: readonly SignInEvent[];
  /** What the person saw in their browser after each response that they brought. */
  readonly pages: readonly { readonly status: number; readonly text: string }[];
  /** Files that were kept for evidence. */
  readonly records: readonly Record<string, unknown>[];
}

export interface SamlSignInOptions {
  readonly provider: SamlProvider;
  readonly settings?: Partial<SamlSettings>;
  readonly fresh?: boolean;
  /** The responses that the person's browser brings, one after the other; then they give up. */
  readonly answers: (question: SignInQuestion) => readonly string[];
}

const roles: IdentitySettings["roles"] = [{ group: "dba", role: "admin" }];

/** Signs in with `answers`. Nothing is left running or on the disk. */
export async function samlSignIn({ provider, settings, fresh = false, answers }: SamlSignInOptions): Promise<SeenSignIn> {
  const dataDirectory = mkdtempSync(join(tmpdir(), "stenograph-saml-"));
  const log: SignInEvent[] = [];
  const pages: { status: number; text: string }[] = [];
  const identity: IdentitySettings = { provider: provider.settings(settings), roles, endOpenSessions: { kind: "at-once" } };
  const signIns = new SignIns({ dataDirectory, settings: () => identity, log: (event) => log.push(event) });
  const gaveUp = new AbortController();
  const visit = async (url: string): Promise<void> => {
    const question = provider.question(url);
    for (const answer of answers(question)) {
      const page = await bring(question.consumer, answer);
      pages.push({ status: page.status, text: await page.text() });
    }
    gaveUp.abort();
  };
  let visited = Promise.resolve();
  try {
    const begun = signIns.begin({
      open: (url) => {
        visited = visit(url);
        visited.catch(() => gaveUp.abort());
      },
      fresh,
      signal: gaveUp.signal,
    });
    const ended = await begun.then(
      (signIn) => ({ signIn, failure: null }),
      (thrown: unknown) => ({ signIn: null, failure: failureOf(thrown) }),
    );
    await visited;
    return { ...ended, log: [...log], pages, records: recordsIn(dataDirectory) };
  } finally {
    signIns.close();
    rmSync(dataDirectory, { recursive: true });
  }
}

function recordsIn(dataDirectory: string): Record<string, unknown>[] {
  return readdirSync(dataDirectory, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(join(dataDirectory, name), "utf8")));
}
