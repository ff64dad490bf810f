/** Names that main process, preload and page agree on to hand the API's port over. */

/** Preload to main process: this page wants a port. */
export const connectRequest = "stenograph-connect";
/** Main process to preload, and preload to page: here it is. */
export const portMessage = "stenograph-port";
