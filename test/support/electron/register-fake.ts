/** Preloaded (`node --import`) into the built desktop host: `electron` becomes the fake, and a scripted person uses it. */
import { registerHooks } from "node:module";

const fake = new URL("./fake-electron.ts", import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) => (specifier === "electron" ? { url: fake, shortCircuit: true } : next(specifier, context)),
});

await import("./scripted-person.ts");
