import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import { expect, inject, it, vi } from "vitest";
import { listRecordings } from "../../proxy/recording/recording-files.ts";
import { verifyRecording } from "../../proxy/recording/verify.ts";
import { recordedSessions } from "../support/recorded.ts";
import { available, type ServerAddress } from "../support/servers.ts";
import { type RunningStenograph, startRecorder, temporaryDirectory } from "../support/stenograph.ts";

const kills = 10;
const clientsAtOnce = 6;
/** Answers that the clients get before the process is killed under them. */
const answersBeforeKill = 200;

/** What a client was answered, by the mark that made its statement unique. */
type Ledger = Map<string, unknown>;

/** Asks again and again until the connection is lost, and notes every answer that came whole. */
async function work(client: Connection, name: string, ledger: Ledger, answered: () => void): Promise<void> {
  const prepared = name.endsWith("p");
  try {
    for (let count = 0; ; count += 1) {
      const mark = `${name}-${count}`;
      const sql = `SELECT ? AS mark, ${count} AS n, REPEAT('x', ${(count * 97) % 3000}) AS filling UNION ALL SELECT 'second', ${count + 1}, NULL`;
      const [rows] = prepared
        ? await client.execute<RowDataPacket[][]>({ sql, rowsAsArray: true }, [mark])
        : await client.query<RowDataPacket[][]>({ sql, rowsAsArray: true }, [mark]);
      ledger.set(
        mark,
        rows.map((row) => row.map((value: unknown) => (value === null ? null : String(value)))),
      );
      answered();
    }
  } catch {
    // Killed: what was answered until now is in the ledger.
  }
}

async function runAndKill(server: ServerAddress, recorder: RunningStenograph, run: number, ledger: Ledger): Promise<void> {
  const { port } = recorder.first;
  const clients = await Promise.all(
    Array.from({ length: clientsAtOnce }, () => createConnection({ host: "127.0.0.1", port, ...server.app })),
  );
  let answers = 0;
  const answered = (): void => {
    answers += 1;
    // In the middle of everything: the kernel ends the process without a word to it.
    if (answers === answersBeforeKill) recorder.child.kill("SIGKILL");
  };
  await Promise.all(clients.map((client, index) => work(client, `${run}-${index}${index % 2 === 0 ? "p" : "t"}`, ledger, answered)));
  for (const client of clients) client.destroy();
}

it.each(available(inject("servers")))(
  `loses no answer that a client saw when it is killed ${kills} times under load of $kind`,
  async (server) => {
    using directory = temporaryDirectory();
    const data = directory.path;
    const start = () => startRecorder({ data, upstream: `mysql://127.0.0.1:${server.port}`, auth: "passthrough" });
    const ledger: Ledger = new Map();

    for (let run = 0; run < kills; run += 1) {
      const recorder = await start();
      await runAndKill(server, recorder, run, ledger);
      expect(await recorder.end()).toEqual({ exitCode: null, signal: "SIGKILL" });
    }
    const last = await start();
    const files = [...listRecordings(data)].map(({ path }) => path);
    await vi.waitFor(() => expect(files.filter((path) => !verifyRecording(path).ok)).toEqual([]), { timeout: 60_000, interval: 100 });
    expect(await last.end()).toEqual({ exitCode: 0, signal: null });

    const sessions = recordedSessions(data);
    const found = new Map<unknown, unknown>();
    for (const { statements } of sessions)
      for (const { outcome, results } of statements) if (outcome === "ok" && results[0]) found.set(results[0][0]?.[0], results[0]);
    expect(ledger.size).toBeGreaterThanOrEqual(kills * answersBeforeKill);
    expect([...ledger].filter(([mark, rows]) => JSON.stringify(found.get(mark)) !== JSON.stringify(rows))).toEqual([]);

    expect(sessions.length).toBe(kills * clientsAtOnce);
    expect(sessions.filter(({ close }) => close?.cause !== "crashed")).toEqual([]);
  },
  120_000,
);
