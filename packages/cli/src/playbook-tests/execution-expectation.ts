import type { SimulatedExecution } from '@riposte/server';
import type { Failure } from './case-result.ts';
import { difference } from './partial-match.ts';
import type { ExecutionExpectation } from './test-case.ts';

export function checkExecution(wanted: ExecutionExpectation, execution: SimulatedExecution): Failure[] {
  const { status, path, pathContains, pathLacks, output, error, tookSeconds } = wanted;
  const found: [what: string, problem: string | undefined][] = [
    ['status', status === undefined ? undefined : difference(status, execution.status)],
    ['error', error === undefined ? undefined : difference(error, execution.error)],
    ['path', path && pathProblem(path, execution.path)],
    ['pathContains', pathContains && missingState(pathContains, execution.path)],
    ['pathLacks', pathLacks && enteredState(pathLacks, execution.path)],
    ['output', output === undefined ? undefined : outputProblem(output, execution.output)],
    ['tookSeconds', tookSeconds === undefined ? undefined : durationProblem(tookSeconds, execution)],
  ];
  return found.flatMap(([what, problem]) => (problem === undefined ? [] : [{ what, problem }]));
}

function pathProblem(wanted: readonly string[], seen: readonly string[]): string | undefined {
  const at = Math.max(wanted.length, seen.length);
  for (let index = 0; index < at; index += 1)
    if (wanted[index] !== seen[index])
      return `step ${index + 1}: expected ${wanted[index] ?? 'the end'}, seen ${seen[index] ?? 'the end'}`;
  return undefined;
}

function missingState(wanted: readonly string[], seen: readonly string[]): string | undefined {
  let from = 0;
  for (const state of wanted) {
    const found = seen.indexOf(state, from);
    if (found === -1)
      return `${state} was not entered${seen.includes(state) ? ' after those before it' : ''}`;
    from = found + 1;
  }
  return undefined;
}

function enteredState(banned: readonly string[], seen: readonly string[]): string | undefined {
  const entered = banned.find((state) => seen.includes(state));
  return entered === undefined ? undefined : `${entered} was entered`;
}

function outputProblem(wanted: unknown, output: string | undefined): string | undefined {
  return difference(wanted, output === undefined ? undefined : (JSON.parse(output) as unknown));
}

function durationProblem(
  wanted: NonNullable<ExecutionExpectation['tookSeconds']>,
  { startDate, stopDate }: SimulatedExecution,
): string | undefined {
  if (stopDate === undefined) return 'it has not ended';
  const seconds = (stopDate - startDate) / 1000;
  if (typeof wanted === 'number')
    return seconds === wanted ? undefined : `expected ${wanted}, seen ${seconds}`;
  const { atLeast = 0, atMost = Infinity } = wanted;
  return seconds >= atLeast && seconds <= atMost
    ? undefined
    : `expected from ${atLeast} to ${atMost}, seen ${seconds}`;
}
