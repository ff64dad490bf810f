import { FailureError } from "../model/failure.ts";
import { type DemoIdentity, setUpIdentity } from "./demo-identity.ts";
import { type DemoSource, openDemoSource, signInConnection } from "./demo-source.ts";
import { type IdentityProvider, startIdentityProvider } from "./identity-provider/identity-provider.ts";
import { type DemoPeople, demoPeople } from "./identity-provider/people.ts";
import type { UpstreamAccount } from "./workload/upstream-schema.ts";

/** All that the demo has set up: a database, an identity provider with three people, and machines. */
export interface Demo extends AsyncDisposable {
  readonly dataDirectory: string;
  readonly source: DemoSource;
  readonly provider: IdentityProvider;
  readonly people: DemoPeople;
  readonly identity: DemoIdentity;
}

export interface OpenDemoOptions {
  /** It is there already. */
  readonly dataDirectory: string;
  /** `null` for the training database. */
  readonly upstream: UpstreamAccount | null;
  readonly seed: number;
  /** Program of the training database's thread. */
  readonly trainingThread: URL;
  readonly interrupted: AbortSignal;
}

/** Sets it up; disposing takes it down in reverse. Rejects with a `FailureError`, and has left nothing behind then. */
export async function openDemo({ dataDirectory, upstream, seed, trainingThread, interrupted }: OpenDemoOptions): Promise<Demo> {
  const stage = new AsyncDisposableStack();
  try {
    const source = stage.adopt(await openDemoSource({ upstream, seed, trainingThread }), (opened) => opened.close());
    if (interrupted.aborted) throw new FailureError("interrupted", "The demo was interrupted before it began.");
    const people = demoPeople();
    const provider = stage.use(await startIdentityProvider({ people, hint: true }));
    const identity = stage.adopt(await setUpIdentity(dataDirectory, provider, [signInConnection]), (setUp) => setUp.remove());
    return { dataDirectory, source, provider, people, identity, [Symbol.asyncDispose]: () => stage.disposeAsync() };
  } catch (thrown) {
    await stage.disposeAsync();
    throw thrown;
  }
}
