import { useCallback, useEffect, useState } from "react";
import type { CallInput, CallName, CallOutput } from "../../proxy/api/contract.ts";
import { type Failure, failureOf } from "../../proxy/model/failure.ts";
import { useApi } from "./api-context.ts";

/** What is known of a call's answer. While `reload` is under way the previous answer stays. */
export interface CallState<T> {
  readonly output: T | null;
  /** The last answer, also while another input's answer is awaited: what to go on showing until then. */
  readonly latest: T | null;
  readonly failure: Failure | null;
  readonly reload: () => void;
}

interface Heard<T> {
  readonly key: string;
  readonly output: T | null;
  readonly failure: Failure | null;
}

/** Calls the core when the component appears and when `input` changes; `null` input: nothing to ask. */
export function useCall<N extends CallName>(name: N, input: CallInput<N> | null): CallState<CallOutput<N>> {
  const api = useApi();
  const key = JSON.stringify(input);
  const [turn, setTurn] = useState(0);
  const [heard, setHeard] = useState<Heard<CallOutput<N>>>({ key, output: null, failure: null });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for `input`, and `turn` asks again
  useEffect(() => {
    if (input === null) return;
    const abort = new AbortController();
    api.call(name, input, abort.signal).then(
      (output) => setHeard({ key, output, failure: null }),
      (reason: unknown) => {
        if (!abort.signal.aborted) setHeard({ key, output: null, failure: failureOf(reason) });
      },
    );
    return () => abort.abort();
  }, [api, name, key, turn]);
  const reload = useCallback(() => setTurn((before) => before + 1), []);
  const current = heard.key === key;
  return { output: current ? heard.output : null, latest: heard.output, failure: current ? heard.failure : null, reload };
}
