/** The table of recorded cases that do not pass, with the reasons: a Markdown page that people and the gate read. */
import { readFileSync } from 'node:fs';

/** How a case of Step Functions is compared: `lenient` leaves out the places that another implementation was let off. */
export type Mode = 'lenient' | 'strict';

/** The tables of the page. */
type Table = Mode | 'events' | 'events-api' | 'events-api-placeholder' | 'jsonata';

export interface NotPassing {
  /** For each mode the cases, and whether one may pass all the same, because it depends on the machine's speed. */
  cases: ReadonlyMap<Table, ReadonlyMap<string, { mayPass: boolean }>>;
}

const HEADINGS: readonly (readonly [string, Table])[] = [
  ['# Step Functions', 'lenient'],
  ['# Step Functions, strict only', 'strict'],
  ['# Event patterns, inputs and schedules', 'events'],
  ['# EventBridge over HTTP', 'events-api'],
  ['# EventBridge over HTTP, placeholders only', 'events-api-placeholder'],
  ['# JSONata', 'jsonata'],
];
const ENTRY = /^- `([^`]+)`( \(may pass\))?$/;

/** @throws Error for a line of a list that is no entry, and for a case that stands twice */
export function readNotPassing(file: string): NotPassing {
  const cases = new Map<Table, Map<string, { mayPass: boolean }>>(
    HEADINGS.map(([, mode]) => [mode, new Map()]),
  );
  let mode: Table | undefined;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line.startsWith('# ')) mode = HEADINGS.find(([heading]) => heading === line)?.[1];
    if (mode === undefined || !line.startsWith('- ')) continue;
    const [, name, may] = ENTRY.exec(line) ?? [];
    if (name === undefined) throw new Error(`${file}: not an entry: ${line}`);
    if (cases.get(mode)?.has(name)) throw new Error(`${file}: ${name} stands twice`);
    cases.get(mode)?.set(name, { mayPass: may !== undefined });
  }
  return { cases };
}

/** Whether a case stands in the table as one that may pass all the same, in whatever mode. */
export function mayPass({ cases }: NotPassing, name: string): boolean {
  return [...cases.values()].some((entries) => entries.get(name)?.mayPass === true);
}

/**
 * What the table says against what happened.
 * @param failed every case that failed in this part or mode
 * @param passed every case that passed in it
 * @returns one line a difference
 */
export function differences(
  table: NotPassing,
  part: Table,
  { failed, passed }: { failed: ReadonlySet<string>; passed: ReadonlySet<string> },
): string[] {
  const entries = table.cases.get(part) ?? new Map<string, { mayPass: boolean }>();
  const unknown = [...failed].filter((name) => !entries.has(name));
  const mended = [...entries].filter(([name, { mayPass }]) => passed.has(name) && !mayPass);
  const gone = [...entries.keys()].filter((name) => !failed.has(name) && !passed.has(name));
  return [
    ...unknown.map((name) => `FAIL ${name}: not in the table`),
    ...mended.map(([name]) => `${name} passes now: take it out of the table`),
    ...gone.map((name) => `${name} was not run: take it out of the table`),
  ];
}
