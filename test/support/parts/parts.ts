import { spawnSync } from "node:child_process";
import { clientIsThere } from "../clients.ts";
import { findMariadbServer } from "../servers/mariadb.ts";
import { mysqlIsThere } from "../servers/mysql.ts";
import { newerMariadbIsThere } from "../servers/newer-mariadb.ts";
import { secretServiceIsThere } from "../servers/secret-service.ts";
import { findChromium } from "./chromium.ts";
import { clientPrograms } from "./client-programs.ts";
import type { Part } from "./part.ts";

function programIsThere(name: string): boolean {
  return spawnSync("sh", ["-c", 'command -v "$0"', name]).status === 0;
}

/** Every part that the tests know. */
export const parts = {
  openssl: {
    name: "OpenSSL",
    untested: "nothing that needs a real server (their certificates are made with it)",
    howToGet: "apt-get install openssl",
    packages: ["openssl"],
    isThere: () => programIsThere("openssl"),
  },
  mariadb: {
    name: "MariaDB",
    untested: "recording MariaDB's sessions and its clients",
    howToGet: "apt-get install mariadb-server mariadb-client, or your system's packages of MariaDB",
    packages: ["mariadb-server", "mariadb-client"],
    isThere: () => findMariadbServer() !== null && programIsThere("mariadb-install-db") && clientIsThere("mariadb-dump"),
  },
  mysql: {
    name: "MySQL 9.7",
    untested: "recording MySQL's sessions, its clients and caching_sha2_password",
    howToGet: "run npm test on Debian or a container of it (x64); it unpacks MySQL into the cache folder without installing it",
    packages: [],
    isThere: mysqlIsThere,
  },
  newerMariadb: {
    name: "MariaDB 11.8",
    untested: "signing in upstream by parsec and results of each part of a bulk execution, at a real server",
    howToGet: "run npm test on Debian or a container of it (x64); it unpacks that MariaDB into the cache folder without installing it",
    packages: [],
    isThere: newerMariadbIsThere,
  },
  chromium: {
    name: "Chromium",
    untested: "the user interface in a browser",
    howToGet: "apt-get install chromium, or npx playwright install chromium",
    packages: ["chromium"],
    isThere: () => findChromium() !== null,
  },
  sysbench: {
    name: "sysbench",
    untested: "prepared statements of many clients at once",
    howToGet: "apt-get install sysbench",
    packages: ["sysbench"],
    isThere: () => clientIsThere("sysbench"),
  },
  secretService: {
    name: "a Secret Service",
    untested: "keeping the key of stored passwords in a real keychain",
    howToGet: "apt-get install gnome-keyring dbus",
    packages: ["gnome-keyring", "dbus"],
    isThere: secretServiceIsThere,
  },
  compiler: {
    name: "a C compiler",
    untested: "accounts of several factors that MySQL asks for over the wire",
    howToGet: "apt-get install gcc libc6-dev",
    packages: ["gcc", "libc6-dev"],
    isThere: () => programIsThere("cc"),
  },
  ...clientPrograms,
} as const satisfies Record<string, Part>;

export type PartName = keyof typeof parts;
