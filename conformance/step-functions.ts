/**
 * The recorded cases of Step Functions, run by the runner that lies beside them against a server started for it. One
 * run judges leniently (what another implementation was let off is let off); the cases that used that leniency run once
 * more without it.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Services of this server that cases may need. A case that needs another is not run, and listed. */
const OFFERED = ['lambda', 'sns', 'sqs', 's3', 'logs', 'credentials', 'apigateway'];

const SECONDS_PER_CASE = 30;

/** Cases that can end the runner: it copies whole answers, and the body of an object from S3 is a stream. */
const ENDING_THE_RUNNER = '::test_s3_put_object\\[';

export type Outcome = 'exact' | 'text' | 'fail' | 'not-run';

export interface CaseResult {
  /** Module and scenario, e.g. `base/test_wait test_wait_timestamppath[Z]`. */
  name: string;
  lenient: Outcome;
  /** Never better than `lenient`. */
  strict: Outcome;
  /** Why it was not run; else empty. */
  reason: string;
}

/** As the runner writes them. */
interface Written {
  id: string;
  module: string;
  result: Outcome;
  reason?: string;
  /** Differences found in places that are let off. */
  skipped?: number;
}

/**
 * @param runner folder of the runner with its packages installed
 * @param cases  folder of the recorded cases
 * @param work   for the files that the runner writes
 */
export async function runStepFunctionsCases(
  endpoint: string,
  { runner, cases, work }: { runner: string; cases: string; work: string },
): Promise<CaseResult[]> {
  const run = async (name: string, ...options: string[]): Promise<Written[]> => {
    const file = join(work, `${name}.json`);
    const shared = ['--endpoint', endpoint, '--cases', cases, '--services', OFFERED.join(',')];
    await endOf(runner, [
      ...shared,
      '--timeout',
      `${SECONDS_PER_CASE}`,
      '--quiet',
      '--json',
      file,
      ...options,
    ]);
    return (JSON.parse(readFileSync(file, 'utf8')) as { results: Written[] }).results;
  };
  const lenient = await run('lenient', '--filter', `^(?!.*${ENDING_THE_RUNNER})`);
  const leaning = lenient.filter(({ result, skipped = 0 }) => result !== 'fail' && skipped > 0);
  const again =
    leaning.length === 0
      ? []
      : await run('strict', '--strict', '--filter', `^(?:${leaning.map(({ id }) => escape(id)).join('|')})$`);
  const strict = new Map(again.map(({ id, result }) => [id, result]));
  const leftOut = casesIn(cases)
    .filter(({ id }) => new RegExp(ENDING_THE_RUNNER).test(id))
    .map(({ id, module }): Written => ({ id, module, result: 'not-run', reason: 'would end the runner' }));
  return [...lenient, ...leftOut].map(({ id, module, result, reason = '' }) => ({
    name: `${module} ${id.slice(id.lastIndexOf('::') + 2)}`,
    lenient: result,
    strict: strict.get(id) ?? result,
    reason,
  }));
}

function casesIn(folder: string): { id: string; module: string }[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      const { cases } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
        cases?: { id: string; module: string }[];
      };
      return cases ?? [];
    });
}

function endOf(folder: string, options: readonly string[]): Promise<void> {
  return new Promise((ended, failed) => {
    const child = spawn(process.execPath, ['run_sfn.mjs', ...options], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.on('error', failed);
    child.on('exit', () => ended());
  });
}

function escape(id: string): string {
  return id.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
