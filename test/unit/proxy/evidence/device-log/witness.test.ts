import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { originOf, signCheckpoint } from "../../../../../proxy/evidence/device-log/checkpoint.ts";
import { deviceLogDirectory } from "../../../../../proxy/evidence/device-log/log-files.ts";
import { Witness, type WitnessPlace } from "../../../../../proxy/evidence/device-log/witness.ts";
import { readWitnessed } from "../../../../../proxy/evidence/device-log/witnessed.ts";
import { leafHash } from "../../../../../proxy/evidence/merkle/hash.ts";
import { memoryDeviceKey } from "../../../../support/evidence/memory-device-key.ts";

const key = memoryDeviceKey();
const noteOf = (size: number): string =>
  signCheckpoint({ origin: originOf(key.keyId), size, root: leafHash(Buffer.from(String(size))) }, key);

let data: string;
let place: WitnessPlace | null;
let server: Server | null = null;
const witnesses: Witness[] = [];

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "witness-"));
  mkdirSync(deviceLogDirectory(data));
  place = null;
});

afterEach(async () => {
  for (const witness of witnesses.splice(0)) await witness.close();
  server?.closeAllConnections();
  server?.close();
  server = null;
  rmSync(data, { recursive: true });
});

function witnessOf(everyMs = 0): Witness {
  const witness = new Witness({ dataDirectory: data, place: () => place, now: () => 7, everyMs });
  witnesses.push(witness);
  return witness;
}

/** Resolves when the witness is in this state. */
function until(witness: Witness, state: string): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (witness.state.state !== state) return;
      end();
      resolve();
    };
    const end = witness.onState(look);
    look();
  });
}

/** An HTTP witness that answers as it is told; `bodies` is what it was sent. */
async function serve(status: () => number): Promise<{ readonly url: string; readonly bodies: string[]; readonly types: unknown[] }> {
  const bodies: string[] = [];
  const types: unknown[] = [];
  server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (piece: string) => {
      body += piece;
    });
    request.on("end", () => {
      bodies.push(body);
      types.push(`${request.method} ${request.headers["content-type"]}`);
      response.writeHead(status(), { location: "/elsewhere" }).end("thank you");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/checkpoints`, bodies, types };
}

describe("A witness", () => {
  it("is off where none is set, and gets what waits once one is", async () => {
    const witness = witnessOf();
    witness.offer(noteOf(1));
    expect(witness.state).toEqual({ state: "off" });
    place = { file: join(data, "witness.txt") };
    expect(witness.state).toEqual({ state: "waiting" });
    witness.offer(noteOf(2));
    await until(witness, "sent");
    expect(readFileSync(place.file, "utf8")).toBe(`${noteOf(2)}\n`);
  });

  it("that is a file has all the checkpoints, one after the other, and this machine knows which", async () => {
    place = { file: join(data, "witness.txt") };
    const witness = witnessOf();
    for (const size of [1, 2, 3]) {
      witness.offer(noteOf(size));
      await witness.flush();
    }
    expect(witness.state).toEqual({ state: "sent", at: 7, size: 3 });
    expect(readFileSync(place.file, "utf8")).toBe([1, 2, 3].map((size) => `${noteOf(size)}\n`).join(""));
    expect(await readWitnessed(data)).toEqual(
      [1, 2, 3].map((size) => ({ at: 7, witness: join(data, "witness.txt"), size, note: noteOf(size) })),
    );
  });

  it("that is an address gets the newest checkpoint as text", async () => {
    const { url, bodies, types } = await serve(() => 201);
    place = { url };
    const witness = witnessOf();
    witness.offer(noteOf(1));
    witness.offer(noteOf(2));
    await until(witness, "sent");
    expect(bodies).toEqual([noteOf(2)]);
    expect(types).toEqual(["POST text/plain; charset=utf-8"]);
    expect(await readWitnessed(data)).toMatchObject([{ witness: url, size: 2 }]);
  });

  it("that refuses, sends elsewhere or is not there is shown and tried again, and has nothing until it does", async () => {
    const answers = [503, 307, 200];
    const { url, bodies } = await serve(() => answers.shift() ?? 200);
    place = { url };
    const witness = witnessOf();
    const states: string[] = [];
    witness.onState(() => states.push(witness.state.state === "failing" ? witness.state.message : witness.state.state));
    witness.offer(noteOf(4));
    await until(witness, "sent");
    expect(states).toEqual([
      `The witness ${url} did not get the newest checkpoint of the device log: it answered 503 Service Unavailable. It is tried again by itself.`,
      expect.stringMatching(/redirect/),
      "sent",
    ]);
    expect(bodies).toHaveLength(3);
    expect(await readWitnessed(data)).toHaveLength(1);
  });

  it("hears of the newest checkpoint at the end, and what it cannot be told is no reason to wait", async () => {
    place = { file: join(data, "not", "there.txt") };
    const witness = witnessOf(60_000);
    witness.offer(noteOf(1));
    await witness.flush();
    expect(witness.state).toMatchObject({ state: "failing", message: expect.stringContaining("ENOENT") });
    place = { file: join(data, "witness.txt") };
    witness.offer(noteOf(2));
    await witness.close();
    expect(readFileSync(place.file, "utf8")).toBe(`${noteOf(2)}\n`);
  });
});

describe("The list of witnessed checkpoints", () => {
  it("passes over a line that was cut short", async () => {
    place = { file: join(data, "witness.txt") };
    const witness = witnessOf();
    witness.offer(noteOf(1));
    await witness.close();
    const path = join(deviceLogDirectory(data), "checkpoints.jsonl");
    writeFileSync(path, `${readFileSync(path, "utf8")}{"at":1,"witn`);
    expect(await readWitnessed(data)).toHaveLength(1);
  });
});
