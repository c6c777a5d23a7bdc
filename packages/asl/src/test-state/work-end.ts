import type { Failure } from '../errors/failure.ts';
import type { Json } from '@riposte/json';
import { readMockedResult } from './checks.ts';
import type { StateTest, StateTestWorld } from './contract.ts';
import { invalid } from './contract.ts';
import type { Subject } from './subject.ts';

/** How the work of a state ended, mocked or not. */
export type WorkEnd = { result: Json } | { failure: Failure };

/**
 * The end that the test gives.
 * @throws StateTestRefusal
 */
export function mockedEnd(
  { state }: Subject,
  { mock }: StateTest,
  { checkMockedResult }: StateTestWorld,
): WorkEnd | undefined {
  if (mock?.errorOutput !== undefined) return { failure: failureOf(mock.errorOutput) };
  if (mock?.result === undefined) return undefined;
  const result = readMockedResult(mock.result, state);
  const problem = state.Type === 'Task' ? checkMockedResult?.(state.Resource, result) : undefined;
  if (problem !== undefined) throw invalid(`Mock result schema validation error: ${problem}`);
  return { result };
}

/** A failure as it was told. Nobody may retry or catch States.Runtime. */
export function failureOf(told: { error?: string; cause?: string }): Failure {
  const { error, cause } = told;
  return {
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
    ...(error === 'States.Runtime' && { isFatal: true }),
  };
}
