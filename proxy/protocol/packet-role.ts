/** What the packets of the Command phase are, as `Conversation` tells. */

/** What a packet from the client is. */
export const ClientRole = { command: 0, infileContent: 1, infileEnd: 2, authentication: 3 } as const;
export type ClientRole = (typeof ClientRole)[keyof typeof ClientRole];

/** What a packet to the client is. */
export const ServerRole = {
  ok: 0,
  err: 1,
  eof: 2,
  columnCount: 3,
  columnDefinition: 4,
  row: 5,
  infileRequest: 6,
  prepareOk: 7,
  parameterDefinition: 8,
  statistics: 9,
  authentication: 10,
  progress: 11,
  streamed: 12,
  unsolicited: 13,
  unknown: 14,
} as const;
export type ServerRole = (typeof ServerRole)[keyof typeof ServerRole];
