/** Runs the recorded sequences of the EventBridge API, and the inputs of targets, over HTTP against a running server. */
import { spawn } from 'node:child_process';

export interface ApiResult {
  name: string;
  /**
   * `placeholder`: all that differs is what the recording replaced by a name of the thing, such as `receipt-handle`,
   * where any text would do.
   */
  outcome: 'pass' | 'placeholder' | 'fail';
  differences: readonly string[];
}

interface Group {
  pass: number;
  fail: number;
  skip: number;
  fails: { id: string; diffs: string[] }[];
  skips: Record<string, number>;
}

export interface ApiResults {
  passed: number;
  others: ApiResult[];
  /** Reasons, with the number of cases. */
  notRun: ReadonlyMap<string, number>;
}

/** A recorded value that is the name of its kind: nothing answers with that. */
const PLACEHOLDER =
  /: expected "?(?:receipt-handle|m-d5-of-body|event-id|replay-name|api-destination-arn|connection-arn|detail)"?, got /;
/** The runner's remarks on steps that answered with an error. */
const REMARK = /^\(step \d+ /;

/** @param runner  folder with the runner and its packages */
export async function runEventsApiCases(url: string, runner: string): Promise<ApiResults> {
  const groups = [
    ...Object.values(await runGroup(url, runner, 'api')),
    ...Object.values(await runGroup(url, runner, 'inputs')),
  ];
  const notRun = new Map<string, number>();
  for (const { skips } of groups)
    for (const [reason, count] of Object.entries(skips))
      notRun.set(reason, (notRun.get(reason) ?? 0) + count);
  return {
    passed: groups.reduce((sum, { pass }) => sum + pass, 0),
    others: groups.flatMap(({ fails }) => fails.map(resultOf)),
    notRun,
  };
}

function resultOf({ id, diffs }: Group['fails'][number]): ApiResult {
  const isPlaceholder = diffs.every((line) => PLACEHOLDER.test(line) && !REMARK.test(line));
  return { name: id, outcome: isPlaceholder ? 'placeholder' : 'fail', differences: diffs };
}

/** Targets are API destinations at a listener of the runner's, so that what is delivered is compared too. */
function runGroup(url: string, runner: string, group: string): Promise<Record<string, Group>> {
  const arguments_ = ['run_events.mjs', '--json', '--endpoint', url, '--deliver', 'http', '--group', group];
  return new Promise((resolve, reject) => {
    const run = spawn(process.execPath, arguments_, { cwd: runner, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    run.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    run.on('error', reject);
    run.on('close', () => {
      try {
        resolve(JSON.parse(text) as Record<string, Group>); // the runner's own format
      } catch (error) {
        reject(new Error(`The runner of the events cases printed no results:\n${text}`, { cause: error }));
      }
    });
  });
}
