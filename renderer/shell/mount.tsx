import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { z } from "zod";
import { ApiClient, type OpenChannel } from "../api/api-client.ts";
import { ApiContext } from "../api/api-context.ts";
import { afterTime } from "../state/after-time.ts";
import { followIdentity } from "../state/identity.ts";
import { followStatus } from "../state/status.ts";
import "../styles/tokens.css";
import "../styles/base.css";
import { App } from "./App.tsx";
import { ErrorBoundary } from "./ErrorBoundary.tsx";
import { applyTheme } from "./theme.ts";

/** Draws the workstation into `element`, over the transport that `open` opens. */
export function mountWorkstation(element: HTMLElement, open: OpenChannel): void {
  // The content policy forbids evaluating text as code; without this zod tries once and falls back.
  z.config({ jitless: true });
  applyTheme();
  const api = new ApiClient(open, afterTime);
  followStatus(api);
  followIdentity(api);
  createRoot(element).render(
    <StrictMode>
      <ErrorBoundary place="Stenograph's window">
        <ApiContext value={api}>
          <App />
        </ApiContext>
      </ErrorBoundary>
    </StrictMode>,
  );
}
