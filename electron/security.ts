import { app, type Session, session, type WebContents, type WebFrameMain } from "electron";
import { pageOrigin } from "./page-protocol.ts";

/** Settings of every window: the page is sandboxed, alone in its world, and has nothing of Node. */
export const pagePreferences = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  webviewTag: false,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  navigateOnDragDrop: false,
  spellcheck: false,
} as const;

/** Applies to all that is ever loaded: no other page, no new window, no webview, no permission, no request elsewhere. */
export function lockDown(): void {
  app.on("web-contents-created", (_event, contents) => lockContents(contents));
  lockSession(session.defaultSession);
}

/** Whether a message comes from our own page, in a window's main frame. */
export function isOurPage(frame: WebFrameMain | null): frame is WebFrameMain {
  return frame !== null && frame.parent === null && originOf(frame.url) === pageOrigin;
}

function lockContents(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: "deny" }));
  contents.on("will-navigate", (event) => {
    if (originOf(event.url) !== pageOrigin) event.preventDefault();
  });
  contents.on("will-redirect", (event) => event.preventDefault());
  contents.on("will-attach-webview", (event) => event.preventDefault());
}

function lockSession(pages: Session): void {
  // The clipboard is written by “copy”, in answer to a click; it is the one permission a page is given.
  pages.setPermissionRequestHandler((contents, permission, answer) =>
    answer(permission === "clipboard-sanitized-write" && originOf(contents.getURL()) === pageOrigin),
  );
  pages.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === "clipboard-sanitized-write" && originOf(origin) === pageOrigin,
  );
  pages.setDevicePermissionHandler(() => false);
  pages.webRequest.onBeforeRequest((request, answer) => answer({ cancel: !isOwnRequest(request.url) }));
}

/** The page's own files, and the developer tools'. Everything else has no business here, whatever a page tries. */
function isOwnRequest(url: string): boolean {
  return originOf(url) === pageOrigin || url.startsWith("devtools:") || url.startsWith("data:") || url.startsWith(`blob:${pageOrigin}/`);
}

/** `URL.origin` is “null” for schemes that it does not know. */
function originOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
