/**
 * A failure as a value, at the edges of the program: `code` for programs, `message` for a person (what happened,
 * why, what to do).
 */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** The error class that carries a `Failure` where a throw is the language's way (promises, constructors). */
export class FailureError extends Error implements Failure {
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "FailureError";
    this.code = code;
  }
}

/** What ends something that nobody waits for any more. */
export function cancelled(): FailureError {
  return new FailureError("cancelled", "Cancelled.");
}

/** The `Failure` inside anything that was thrown; what is not ours becomes `internal`. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof FailureError) return { code: thrown.code, message: thrown.message };
  if (thrown instanceof Error) return { code: "internal", message: thrown.message };
  return { code: "internal", message: String(thrown) };
}
