import type { SourceStatus } from '@riposte/server';
import { formatTable } from '../table.ts';
import { oneLine } from '../terminal.ts';

/** Sources and how they do, as lines. */
export function describeSources(sources: readonly SourceStatus[]): string[] {
  if (sources.length === 0)
    return ['No sources. Read a queue with: riposte connect --queue URL --profile NAME'];
  const rows = sources.map((status) => [
    status.source.name,
    `${status.source.kind}${status.isConfigured ? ' (configured)' : ''}`,
    status.failingSinceMs === undefined ? 'works' : `failing since ${iso(status.failingSinceMs)}`,
    ...[status.counts.events, status.counts.duplicates, status.counts.rejected].map(String),
    iso(status.lastPollMs),
    iso(status.counts.lastEventMs),
  ]);
  const heads = ['NAME', 'KIND', 'STATE', 'EVENTS', 'DUPLICATES', 'REJECTED', 'LAST POLL', 'LAST EVENT'];
  const errors = sources.flatMap(({ source, lastError }) =>
    lastError ? [`${source.name}, last error ${iso(lastError.atMs)}: ${oneLine(lastError.message)}`] : [],
  );
  return [...formatTable(heads, rows), ...errors];
}

function iso(ms: number | undefined): string {
  return ms === undefined ? '-' : new Date(ms).toISOString();
}
