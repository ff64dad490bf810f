import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { LibraryClient } from "../../proxy/library/library-client.ts";
import { RecordedSession } from "../support/library/recorded-session.ts";
import { temporaryDirectory } from "../support/stenograph.ts";

const patience = { timeout: 50_000 };

it("the library goes on, and says what it misses, where the recordings' folder cannot be read", async () => {
  using data = temporaryDirectory();
  const folder = path.join(data.path, "recordings");
  writeFileSync(folder, "a file in the place of a folder");
  const states: string[] = [];
  const library = new LibraryClient(new URL("../../proxy/library-thread.ts", import.meta.url), {
    dataDirectory: data.path,
    index: true,
    recorder: null,
  });
  library.onState(({ state }) => states.push(state));
  try {
    await expect.poll(() => library.state.message, patience).toContain(`Recordings in ${folder} are missing here`);
    rmSync(folder);
    const recorded = new RecordedSession(data.path, Date.now() * 1000).query("SELECT 'found'", Date.now() * 1000 + 1).close();
    const found = () => library.call("sessions.list", { limit: 10 });
    await expect.poll(found, patience).toMatchObject({ sessions: [{ id: recorded.id, statements: 1 }] });
    expect(states).not.toContain("stopped");
  } finally {
    await library.close();
  }
});
