import { expect, it } from "vitest";
import { procAddress } from "../../../../proxy/relay/proc-address.ts";

// As a machine with the little end first writes them, which this one is where the tests run.
it.each([
  ["127.0.0.1", 3306, false, "0100007F:0CEA"],
  ["10.1.2.3", 80, false, "0302010A:0050"],
  ["::ffff:127.0.0.1", 3306, false, "0100007F:0CEA"],
  ["127.0.0.1", 3306, true, "0000000000000000FFFF00000100007F:0CEA"],
  ["::1", 3306, true, "00000000000000000000000001000000:0CEA"],
  ["2001:db8::1:2", 65535, true, "B80D0120000000000000000002000100:FFFF"],
  ["::1", 3306, false, null],
  ["fe80::1%lo", 1, true, null],
  ["", 1, true, null],
])("%s port %d (IPv6's table: %s) is %s", (address, port, v6, written) => {
  expect(procAddress({ address, port }, v6)).toBe(written);
});
