/** Runs a device log in a test's directory. */
import { DeviceLog, type DeviceLogOptions } from "../../../proxy/evidence/device-log/device-log.ts";
import { deviceLogLockPath } from "../../../proxy/evidence/device-log/log-files.ts";
import { withExclusiveLock } from "../../../proxy/exclusive-lock.ts";
import { FailureError, failureOf } from "../../../proxy/model/failure.ts";

/** What keeps the processes of one data directory apart. */
export function lockOf(dataDirectory: string): DeviceLogOptions["locked"] {
  const unusable = (cause: unknown) => new FailureError("unusable", failureOf(cause).message);
  const lock = { file: deviceLogLockPath(dataDirectory), waitMs: 30_000, busy: () => unusable("it is held"), unusable };
  return (change) => withExclusiveLock(lock, change);
}

/** A log that writes and tries again without a pause. */
export function runDeviceLog(dataDirectory: string, key: DeviceLogOptions["key"], more: Partial<DeviceLogOptions> = {}): DeviceLog {
  const now = () => Date.now() * 1000;
  return new DeviceLog({ dataDirectory, key, locked: lockOf(dataDirectory), now, paceMs: { between: 0, retry: 1 }, ...more });
}
