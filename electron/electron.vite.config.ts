import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "electron-vite";

const path = (relative: string) => fileURLToPath(new URL(`../${relative}`, import.meta.url));

/**
 * Builds the desktop host (main process with its two worker threads and the keychain's process, preload) and the renderer of both hosts, into
 * `out/`. Packages under `dependencies` are left out of the bundles: better-sqlite3 brings a native binary.
 */
export default defineConfig({
  main: {
    build: {
      // It must be evaluated after the polyfill that it needs, and imports of packages come before all that is bundled.
      externalizeDeps: { exclude: ["@peculiar/x509"] },
      outDir: path("out/main"),
      rollupOptions: {
        input: {
          main: path("electron/main.ts"),
          "relay-thread": path("proxy/relay-thread.ts"),
          "library-thread": path("proxy/library-thread.ts"),
          "keyring-process": path("proxy/keyring-process.ts"),
        },
        output: { format: "es", entryFileNames: "[name].js" },
      },
    },
  },
  preload: {
    build: {
      outDir: path("out/preload"),
      rollupOptions: {
        input: { preload: path("electron/preload.ts") },
        // A sandboxed preload can only be CommonJS.
        output: { format: "cjs", entryFileNames: "[name].cjs" },
      },
    },
  },
  renderer: {
    root: path("renderer"),
    plugins: [react()],
    build: {
      outDir: path("out/renderer"),
      emptyOutDir: true,
      minify: true,
      // In kB: Monaco is one chunk, loaded when the first statement is opened.
      chunkSizeWarningLimit: 4_000,
      rollupOptions: { input: path("renderer/index.html") },
    },
  },
});
