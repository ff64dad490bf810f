import type { OpenChannel } from "./api-client.ts";
import { openMessagePortChannel } from "./message-port-channel.ts";
import { openWebSocketChannel } from "./web-socket-channel.ts";

/** The way to the core that this page's host offers: the preload's port in the desktop, else a WebSocket on the page's own origin. */
export function channelOpener(): OpenChannel {
  const host = window.stenographHost;
  if (host !== undefined) return () => openMessagePortChannel(host);
  const url = new URL("/api", window.location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return () => openWebSocketChannel(url.href);
}
