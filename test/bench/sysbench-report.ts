/** What one run of sysbench measured. */
export interface SysbenchMeasurement {
  readonly queriesPerSecond: number;
  /** 95th percentile of an event's latency in milliseconds: a query for point selects, a transaction for read-write. */
  readonly p95Ms: number;
}

/** Reads the report that `sysbench … run` prints; throws where a number is missing or a query failed. */
export function readSysbenchReport(text: string): SysbenchMeasurement {
  const errors = numberAfter(text, /ignored errors:\s+(\d+)/);
  const reconnects = numberAfter(text, /reconnects:\s+(\d+)/);
  if (errors + reconnects > 0) throw new Error(`sysbench met ${errors} errors and ${reconnects} lost connections.\n${text}`);
  return {
    queriesPerSecond: numberAfter(text, /queries:\s+\d+\s+\(([\d.]+) per sec\.\)/),
    p95Ms: numberAfter(text, /95th percentile:\s+([\d.]+)/),
  };
}

function numberAfter(text: string, pattern: RegExp): number {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`sysbench printed no ${pattern.source.split(":")[0]}.\n${text}`);
  return Number(found);
}
