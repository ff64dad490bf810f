import { useEffect, useRef } from "react";
import type { StreamEvent, StreamInput, StreamName } from "../../proxy/api/contract.ts";
import type { Failure } from "../../proxy/model/failure.ts";
import { useApi } from "./api-context.ts";

/** Subscribes while the component is shown; `hear` and `fail` may change between renders. */
export function useStream<N extends StreamName>(
  name: N,
  input: StreamInput<N>,
  hear: (event: StreamEvent<N>) => void,
  fail: (failure: Failure) => void,
): void {
  const api = useApi();
  const latest = useRef({ hear, fail });
  useEffect(() => {
    latest.current = { hear, fail };
  });
  const key = JSON.stringify(input);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for `input`
  useEffect(
    () =>
      api.subscribe(name, input, {
        event: (event) => latest.current.hear(event),
        failure: (failure) => latest.current.fail(failure),
      }),
    [api, name, key],
  );
}
