/** A Secret Service of its own (GNOME's keyring on a private D-Bus), which ends with the test, and with the run when it is killed. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface SecretService extends AsyncDisposable {
  /** What a program needs in its environment to use it. */
  readonly environment: Readonly<Record<string, string>>;
}

/** On the bus that `dbus-run-session` made, until standard input closes. Says the bus's address when the service has its name. */
const session = `
printf '%s' "$PASSWORD" | gnome-keyring-daemon --foreground --components=secrets $UNLOCK >/dev/null 2>&1 &
daemon=$!
owned() { dbus-send --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets; }
until owned 2>/dev/null | grep -q 'boolean true'; do kill -0 $daemon || exit 1; done
echo "$DBUS_SESSION_BUS_ADDRESS"
cat >/dev/null
kill $daemon
`;

export function secretServiceIsThere(): boolean {
  return ["dbus-run-session", "dbus-send", "gnome-keyring-daemon"].every(
    (name) => spawnSync("sh", ["-c", 'command -v "$0"', name]).status === 0,
  );
}

/** A locked one asks a person for the password, and there is nobody. */
export async function startSecretService(state: "unlocked" | "locked" = "unlocked"): Promise<SecretService> {
  const directory = mkdtempSync(join(tmpdir(), "stenograph-keychain-"));
  const environment = { HOME: directory, XDG_DATA_HOME: join(directory, "data"), XDG_RUNTIME_DIR: join(directory, "run"), DISPLAY: "" };
  mkdirSync(environment.XDG_RUNTIME_DIR, { mode: 0o700 });
  const child = spawn("dbus-run-session", ["--", "sh", "-c", session], {
    env: { ...process.env, ...environment, PASSWORD: "of the test", UNLOCK: state === "unlocked" ? "--unlock" : "" },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const gone = once(child, "exit");
  const end = async (): Promise<void> => {
    child.stdin.end();
    await gone;
    rmSync(directory, { recursive: true, force: true });
  };
  for await (const address of createInterface(child.stdout)) {
    return { environment: { ...environment, DBUS_SESSION_BUS_ADDRESS: address }, [Symbol.asyncDispose]: end };
  }
  await end();
  throw new Error("the test's Secret Service did not start");
}
