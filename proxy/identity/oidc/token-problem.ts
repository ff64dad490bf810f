import { errors } from "jose";

/** Why a token was not accepted, as the end of a sentence; with nothing of the token in it. */
export function tokenProblem(thrown: unknown): string {
  if (thrown instanceof errors.JWTExpired) return "it has expired";
  if (thrown instanceof errors.JWTClaimValidationFailed) return claimProblem(thrown.claim, thrown.reason);
  if (thrown instanceof errors.JWSSignatureVerificationFailed) return "its signature is wrong";
  if (thrown instanceof errors.JWKSNoMatchingKey) return "it is signed with a key that the identity provider does not have";
  if (thrown instanceof errors.JWKSMultipleMatchingKeys) return "it does not say which of the identity provider's keys it is signed with";
  if (thrown instanceof errors.JOSEAlgNotAllowed || thrown instanceof errors.JOSENotSupported) {
    return "it is not signed in a way that proves who made it";
  }
  if (thrown instanceof errors.JWTInvalid || thrown instanceof errors.JWSInvalid) return "it is not a token that is signed (a JWT)";
  return "the identity provider's keys cannot be used";
}

function claimProblem(claim: string, reason: string): string {
  if (reason === "missing") return `it has no “${claim}”`;
  switch (claim) {
    case "iss":
      return "another issuer made it";
    case "aud":
      return "it was made for another audience";
    case "nbf":
      return "it is not valid yet; check this computer's clock";
    default:
      return `its “${claim}” is not as it should be`;
  }
}
