import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { build } from "vite";
import { contentPolicy } from "../../../proxy/api/content-policy.ts";

const types: { readonly [extension: string]: string } = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".ttf": "font/ttf",
  ".svg": "image/svg+xml",
};

/** The user interface over a fake core, built and served under the real content policy. */
export interface FakePage {
  readonly address: string;
  close(): void;
}

/** Builds the page into a temporary directory and serves it on a free port. */
export async function serveFakePage(): Promise<FakePage> {
  const outDir = mkdtempSync(join(tmpdir(), "stenograph-fake-page-"));
  const root = fileURLToPath(new URL("page", import.meta.url));
  await build({ root, configFile: false, logLevel: "error", plugins: [react()], build: { outDir, emptyOutDir: true, minify: true } });
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://page").pathname);
    try {
      const body = readFileSync(join(outDir, path === "/" ? "index.html" : path));
      response.writeHead(200, {
        "content-type": types[extname(path === "/" ? ".html" : path)] ?? "text/html",
        "content-security-policy": contentPolicy,
      });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
      rmSync(outDir, { recursive: true, force: true });
    },
  };
}
