import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".ttf": "font/ttf",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
};

/** One file of the built renderer, ready to be answered with. */
export interface StaticFile {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The built renderer's files by the path of their address. The folder is listed once and addresses are only ever
 * looked up in that list, so no address can reach another file.
 */
export class StaticFiles {
  readonly #paths: ReadonlyMap<string, string>;

  private constructor(paths: ReadonlyMap<string, string>) {
    this.#paths = paths;
  }

  /** Lists `directory`; `null` where there is no built renderer in it. */
  static async open(directory: string): Promise<StaticFiles | null> {
    const paths = new Map<string, string>();
    for (const file of await filesIn(directory)) {
      paths.set(`/${relative(directory, file).split(sep).join("/")}`, file);
    }
    return paths.has("/index.html") ? new StaticFiles(paths) : null;
  }

  /** The file at an address's path (`/` is `index.html`), or `null` where there is none. */
  async find(addressPath: string): Promise<StaticFile | null> {
    const decoded = decodedPath(addressPath);
    const path = decoded === null ? undefined : this.#paths.get(decoded === "/" ? "/index.html" : decoded);
    if (path === undefined) return null;
    const body = await readFile(path);
    const headers = {
      "Content-Type": types[extname(path).toLowerCase()] ?? "application/octet-stream",
      "Content-Length": String(body.length),
      "Cache-Control": cachingOf(path),
      ETag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`,
    };
    return { body, headers };
  }
}

async function filesIn(directory: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR")) return [];
    throw cause;
  }
}

function decodedPath(addressPath: string): string | null {
  try {
    return decodeURIComponent(addressPath);
  } catch {
    return null;
  }
}

/** Vite puts a hash of the content into the names under `assets/`: those never change; the rest is asked for each time. */
function cachingOf(path: string): string {
  const hashed = /[/\\]assets[/\\].+-[\w-]{8,}\.\w+$/.test(path);
  return hashed ? "private, max-age=31536000, immutable" : "no-cache";
}
