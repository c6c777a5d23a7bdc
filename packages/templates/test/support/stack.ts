import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  applyStack,
  planStack,
  readTemplate,
  tearDownStack,
  type PlanRequest,
  type StackPlan,
  type StackProgress,
  type StackRecord,
  type Supported,
} from '../../src/index.ts';
import type { FakeAws } from './fake-aws.ts';

const folder = join(import.meta.dirname, '..', 'templates');
const pseudo = { account: '000000000000', region: 'us-east-1', partition: 'aws' };
export const now = () => '2026-11-23T06:00:00.000Z';

export function templateText(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

export interface PlanOptions {
  parameters?: Record<string, string>;
  previous?: StackRecord;
  files?: Record<string, string>;
  supported?: Supported;
  /** Content of every code folder. */
  code?: string;
}

/** Plans a template's text; files and code folders are as given. */
export function plan(text: string, options: PlanOptions = {}): Promise<StackPlan> {
  const request: PlanRequest = {
    template: readTemplate(text, 'template.yaml'),
    stackName: 'demo',
    parameters: options.parameters ?? {},
    pseudo,
    ...(options.supported && { supported: options.supported }),
    readFile(path) {
      const content = options.files?.[path];
      if (content === undefined) throw new Error(`ENOENT: no such file, open '${path}'`);
      return content;
    },
    async packageCode(path) {
      const zip = Buffer.from(`${path} ${options.code ?? '1'}`);
      return { zip, sha256: createHash('sha256').update(zip).digest('base64') };
    },
  };
  return planStack(options.previous === undefined ? request : { ...request, previous: options.previous });
}

/** What a run left behind: its last saved record, its story, and what it threw. */
export interface Ran {
  record: StackRecord;
  progress: StackProgress[];
  error?: Error;
}

export function apply(made: StackPlan, aws: FakeAws): Promise<Ran> {
  return follow((progress, save) => applyStack(made, aws, progress, save, now));
}

export function tearDown(record: StackRecord, aws: FakeAws): Promise<Ran> {
  return follow((progress, save) => tearDownStack(record, aws, progress, save, now));
}

async function follow(
  run: (
    progress: (event: StackProgress) => void,
    save: (record: StackRecord) => Promise<void>,
  ) => Promise<StackRecord>,
): Promise<Ran> {
  const saved: StackRecord[] = [];
  const progress: StackProgress[] = [];
  let error: Error | undefined;
  try {
    await run(
      (event) => progress.push(event),
      async (record) => {
        // through JSON, as a record on disk goes
        saved.push(JSON.parse(JSON.stringify(record)) as StackRecord);
      },
    );
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    error = thrown;
  }
  const record = saved.at(-1);
  if (record === undefined) throw error ?? new Error('nothing was saved');
  return error === undefined ? { record, progress } : { record, progress, error };
}

/** `create Fn`, `update Rule` and so on, without what is unchanged. */
export function actions(made: StackPlan): string[] {
  return [
    ...made.resources
      .filter(({ action }) => action !== 'unchanged')
      .map(({ action, logicalId }) => `${action} ${logicalId}`),
    ...made.deletions.map(({ logicalId, retain }) => `${retain ? 'keep' : 'delete'} ${logicalId}`),
  ];
}
