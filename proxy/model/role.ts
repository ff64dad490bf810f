/** What a signed-in person may do; an identity provider's groups are mapped to these. */
export const roles = ["operator", "approver", "auditor", "admin"] as const;

/**
 * `operator`: runs sessions. `approver`: decides what waits for approval. `auditor`: reads and exports everything, runs
 * nothing. `admin`: connections, identity, policy, retention.
 */
export type Role = (typeof roles)[number];
