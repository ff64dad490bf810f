import { afterEach, beforeEach, it, vi } from "vitest";
import { LibraryWorker } from "../../../../proxy/library/library-worker.ts";
import type { FromLibrary } from "../../../../proxy/library/messages.ts";
import { RecordedSession } from "../../../support/library/recorded-session.ts";
import { temporaryDirectory } from "../../../support/stenograph.ts";

const noon = Date.UTC(2026, 0, 31, 12);
const hour = 3_600_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: noon }));
afterEach(() => void vi.useRealTimers());

it("goes on finding recordings where the system's clock was set back", async () => {
  using data = temporaryDirectory();
  let heard: (message: FromLibrary) => void = () => undefined;
  const arrived = (newest: number) =>
    new Promise<void>((resolve) => {
      heard = (message) => {
        if (message.kind === "indexed" && message.newest === newest) resolve();
      };
    });
  const first = arrived(1);
  new RecordedSession(data.path, noon * 1000).query("before", noon * 1000 + 1).abandon();
  const worker = new LibraryWorker({ dataDirectory: data.path, index: true, recorder: null }, (message) => heard(message));
  await first;
  vi.setSystemTime(noon - hour);
  const second = arrived(2);
  new RecordedSession(data.path, (noon - hour) * 1000).query("after", (noon - hour) * 1000 + 1).abandon();
  await second;
  worker.receive({ kind: "close" });
});
