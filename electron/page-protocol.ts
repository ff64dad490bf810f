import { protocol } from "electron";
import { securityHeaders } from "../proxy/api/content-policy.ts";
import type { StaticFiles } from "../proxy/api/static-files.ts";

const scheme = "stenograph";

/** Where the page lives: an origin of its own, so that the content policy's `'self'` means our files and nothing else. */
export const pageOrigin = `${scheme}://workstation`;
export const pageAddress = `${pageOrigin}/`;

/** To be called before the application is ready. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
}

/** Serves the built renderer under the page's origin, with the headers of the browser host. */
export function servePage(files: StaticFiles): void {
  protocol.handle(scheme, async (request) => {
    const url = new URL(request.url);
    const file = url.host === "workstation" && request.method === "GET" ? await files.find(url.pathname) : null;
    if (file === null) return new Response("There is nothing at this address.\n", { status: 404, headers: { ...securityHeaders } });
    return new Response(new Uint8Array(file.body), { status: 200, headers: { ...securityHeaders, ...file.headers } });
  });
}
