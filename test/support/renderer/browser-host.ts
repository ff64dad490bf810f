import { startStenograph, temporaryDirectory } from "../stenograph.ts";

/** A running `serve` with a data directory of its own. */
export interface BrowserHost {
  /** The address that lets one browser in, once. */
  readonly url: string;
  end(): Promise<void>;
}

/** Starts `serve` on `port`, or on a free one. */
export async function startBrowserHost(port = 0): Promise<BrowserHost> {
  const directory = temporaryDirectory();
  const running = await startStenograph(["serve", "--data", directory.path, "--port", String(port), "--no-open"]);
  const { url } = running.first as unknown as { readonly url: string };
  return {
    url,
    end: async () => {
      await running.end();
      directory[Symbol.dispose]();
    },
  };
}
