import type { Schedule } from "../api/api-client.ts";

/** The page's own clock as a `Schedule`. */
export const afterTime: Schedule = (action, milliseconds) => {
  const timer = setTimeout(action, milliseconds);
  return () => clearTimeout(timer);
};
