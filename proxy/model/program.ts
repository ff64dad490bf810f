/** The program's own name and version, as recordings and the window state it. */
import manifest from "../../package.json" with { type: "json" };

export const program: { readonly name: string; readonly version: string } = { name: manifest.productName, version: manifest.version };
