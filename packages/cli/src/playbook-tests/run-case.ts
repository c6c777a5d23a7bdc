import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSimulatedSystem, type SimulatedSystem } from '@riposte/server';
import type { StackRecord } from '@riposte/templates';
import { isSameCode } from './error-code.ts';
import { checkBuckets, fillBuckets } from './buckets.ts';
import { injectionOf, isPause } from './event.ts';
import { checkExpectation } from './expectations.ts';
import type { CaseResult } from './case-result.ts';
import { labelled } from './machines.ts';
import { BrokenTestCase, type Names, resolveReferences } from './references.ts';
import { applySource, type PlaybookSource } from './stack.ts';
import type { AccountStep, TestCase } from './test-case.ts';

const WHERE = { account: '000000000000', region: 'us-east-1' };
/** Real time that one case may take to come to rest. */
const REAL_TIME_MAX_MS = 120_000;

export interface CaseSurroundings {
  source: PlaybookSource;
  testFile: string;
  compileCacheFolder: string;
}

/** Runs one case in a fresh system of its own. Does not throw for what a case can do wrong. */
export async function runCase(testCase: TestCase, around: CaseSurroundings): Promise<CaseResult> {
  const started = performance.now();
  const result: CaseResult = {
    name: testCase.name,
    verdict: 'passed',
    failures: [],
    observed: { executions: [], calls: [], mails: [] },
    virtualMs: 0,
    realMs: 0,
    reports: [],
  };
  const folder = await mkdtemp(join(tmpdir(), 'riposte-test-'));
  let system: SimulatedSystem | undefined;
  try {
    system = await openSimulatedSystem({
      ...WHERE,
      folder,
      compileCacheFolder: around.compileCacheFolder,
      realTimeMaxMs: REAL_TIME_MAX_MS,
      report: (line) => result.reports.push(line),
    });
    await carryOut(testCase, around, system, result);
    if (result.failures.length > 0) result.verdict = 'failed';
  } catch (error) {
    result.verdict = error instanceof BrokenTestCase ? 'broken' : 'failed';
    result.failures.push({ what: 'the test itself', problem: describe(error) });
  } finally {
    await system?.close();
    await rm(folder, { recursive: true, force: true });
  }
  result.realMs = performance.now() - started;
  return result;
}

async function carryOut(
  testCase: TestCase,
  { source, testFile }: CaseSurroundings,
  system: SimulatedSystem,
  result: CaseResult,
): Promise<void> {
  const parameters = Object.entries(testCase.parameters ?? {}).map(([name, value]) => [name, String(value)]);
  const stack = await applySource(
    source,
    system,
    WHERE,
    Object.fromEntries(parameters) as Record<string, string>,
  );
  const names: Names = { ...WHERE, ...namesOf(stack) };
  await fillBuckets(resolveReferences(testCase.buckets ?? {}, names), { stack, system, testFile });
  for (const step of testCase.account ?? []) await carryOutStep(step, system, names);
  await system.runUntilQuiet();
  const before = { calls: system.calls().length, mails: system.mails().length };
  system.mock(resolveReferences(testCase.mocks ?? {}, names));

  const startedMs = system.now();
  await begin(testCase, testFile, system, stack, names);
  if (testCase.after === undefined) await system.runUntilQuiet();
  else await system.advanceBy(testCase.after * 1000);
  result.virtualMs = system.now() - startedMs;
  result.observed = {
    executions: labelled(await system.executions(), stack),
    // What an administrator calls is the test's doing.
    calls: system
      .calls()
      .slice(before.calls)
      .filter((call) => call.userIdentity.type !== 'Root'),
    mails: system.mails().slice(before.mails),
  };
  const expectation = resolveReferences(testCase.expect, names);
  const { buckets, ...others } = expectation;
  result.failures.push(...(await checkExpectation(others, result.observed, system)));
  result.failures.push(...(await checkBuckets(buckets ?? {}, stack, system)));
  for (const name of system.unusedMocks())
    result.failures.push({ what: `mocks.${name}`, problem: 'the work of such a state was never asked for' });
}

function namesOf({ resources, outputs }: StackRecord): Names {
  const physical = Object.entries(resources).map(([logicalId, { physicalId }]) => [logicalId, physicalId]);
  return {
    resources: Object.fromEntries(physical) as Names,
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value])),
  };
}

async function carryOutStep(step: AccountStep, system: SimulatedSystem, names: Names): Promise<void> {
  const { service, operation, input = {}, as } = resolveReferences(step, names);
  const call = `${service}:${operation}`;
  let answer: Record<string, unknown>;
  try {
    answer = await system.call(service, operation, input, as);
  } catch (error) {
    if (step.error !== undefined && error instanceof Error && isSameCode(error.name, step.error)) return;
    throw new BrokenTestCase(`The starting state: ${call} was answered with ${describe(error)}`, {
      cause: error,
    });
  }
  if (step.error !== undefined)
    throw new BrokenTestCase(
      `The starting state: ${call} was to be refused with ${step.error}, and succeeded.`,
    );
  if (step.save !== undefined) names[step.save] = answer;
}

async function begin(
  { event, machine, input }: TestCase,
  testFile: string,
  system: SimulatedSystem,
  stack: StackRecord,
  names: Names,
): Promise<void> {
  if (machine !== undefined) {
    const stateMachineArn = stack.resources[machine]?.physicalId ?? machineByName(stack, machine);
    await system.call('states', 'StartExecution', {
      stateMachineArn,
      input: JSON.stringify(resolveReferences(input ?? {}, names)),
    });
    return;
  }
  for (const one of [event ?? []].flat())
    if (isPause(one)) await system.advanceBy(one.waitSeconds * 1000);
    else await system.inject(await injectionOf(resolveReferences(one, names), testFile));
}

function machineByName({ resources }: StackRecord, name: string): string {
  const machines = Object.entries(resources).filter(([, { type }]) => type.endsWith('StateMachine'));
  const found = machines.find(([, resource]) => resource.name === name);
  if (found) return found[1].physicalId;
  throw new BrokenTestCase(
    `The template has no state machine ${name}; it has ${machines.map(([id]) => id).join(', ') || 'none'}.`,
  );
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'Error' || error instanceof BrokenTestCase
    ? error.message
    : `${error.name}: ${error.message}`;
}
