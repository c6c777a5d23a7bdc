import type { CallSummary, SentMail, SimulatedSystem } from '@riposte/server';
import type { Failure, Observed } from './case-result.ts';
import { isSameCode } from './error-code.ts';
import { checkExecution } from './execution-expectation.ts';
import type { LabelledExecution } from './machines.ts';
import { difference, shown } from './partial-match.ts';
import type {
  AccountExpectation,
  CallExpectation,
  ExecutionExpectation,
  Expectation,
  MailExpectation,
} from './test-case.ts';

export async function checkExpectation(
  expected: Expectation,
  observed: Observed,
  system: SimulatedSystem,
): Promise<Failure[]> {
  const { started, executions, calls, noCalls, mails, account, ...first } = expected;
  const problems: Failure[] = [];
  const add = (what: string, problem: string | undefined): void => {
    if (problem !== undefined) problems.push({ what, problem });
  };
  if (started !== undefined && started !== observed.executions.length)
    add('started', `expected ${started}, seen ${observed.executions.length}: ${listed(observed.executions)}`);
  if (Object.keys(first).length > 0) problems.push(...checkFirst(first, observed));
  for (const [machine, wanted] of Object.entries(executions ?? {}))
    problems.push(...checkMachine(machine, [wanted].flat(), observed.executions));
  add('calls', missingCall(calls ?? [], observed.calls));
  for (const banned of noCalls ?? []) {
    const made = observed.calls.find((call) => isNamed(banned, call));
    if (made) add('noCalls', `${nameOf(made)} was called: ${shown(made.requestParameters)}`);
  }
  if (mails !== undefined) add('mails', mailProblem(mails, observed.mails));
  for (const wanted of account ?? [])
    add(`account ${wanted.service}:${wanted.operation}`, await accountProblem(wanted, system));
  return problems;
}

function checkFirst(wanted: ExecutionExpectation, { executions }: Observed): Failure[] {
  const execution = executions[0];
  if (!execution) return [{ what: 'execution', problem: 'no execution was started' }];
  return checkExecution(wanted, execution);
}

function checkMachine(
  machine: string,
  wanted: ExecutionExpectation[],
  all: readonly LabelledExecution[],
): Failure[] {
  const its = all.filter((execution) => execution.machine === machine || execution.machineName === machine);
  const what = `executions.${machine}`;
  if (its.length !== wanted.length)
    return [{ what, problem: `expected ${wanted.length}, seen ${its.length} of ${listed(all)}` }];
  return its.flatMap((execution, index) =>
    checkExecution(wanted[index] ?? {}, execution).map(({ what: member, problem }) => ({
      what: `${what}${its.length > 1 ? `[${index}]` : ''}.${member}`,
      problem,
    })),
  );
}

function listed(executions: readonly LabelledExecution[]): string {
  return executions.map(({ machine }) => machine).join(', ') || 'none';
}

function nameOf({ service, operation }: CallSummary): string {
  return `${service}:${operation}`;
}

function missingCall(
  wanted: readonly (string | CallExpectation)[],
  calls: readonly CallSummary[],
): string | undefined {
  let from = 0;
  for (const [index, one] of wanted.entries()) {
    const expectation = typeof one === 'string' ? { call: one } : one;
    const found = calls.findIndex((call, at) => at >= from && callProblem(expectation, call) === undefined);
    if (found === -1) {
      const near = calls.find((call) => nameOf(call) === expectation.call);
      const why = near ? callProblem(expectation, near) : undefined;
      return `[${index}] ${shown(one)} was not made${index > 0 ? ' after the calls before it' : ''}${why === undefined ? '' : `; one of that name: ${why}`}`;
    }
    from = found + 1;
  }
  return undefined;
}

function callProblem(wanted: CallExpectation, call: CallSummary): string | undefined {
  if (!isNamed(wanted.call, call)) return `it is ${nameOf(call)}`;
  if (!isSameCode(wanted.error, call.errorCode))
    return `expected ${wanted.error === undefined ? 'an answer' : `the error ${wanted.error}`}, seen ${call.errorCode ?? 'an answer'}`;
  if (wanted.state !== undefined && wanted.state !== call.stateName)
    return `made by ${call.stateName ?? 'no state'}`;
  return wanted.input === undefined ? undefined : difference(wanted.input, call.requestParameters, 'input');
}

function isNamed(wanted: string, call: CallSummary): boolean {
  return wanted.endsWith(':*') ? wanted === `${call.service}:*` : wanted === nameOf(call);
}

function mailProblem(wanted: number | MailExpectation[], mails: readonly SentMail[]): string | undefined {
  const count = typeof wanted === 'number' ? wanted : wanted.length;
  const subjects = mails.map(({ subject }) => subject).join(' | ') || 'none';
  if (mails.length !== count) return `expected ${count}, seen ${mails.length}: ${subjects}`;
  if (typeof wanted === 'number') return undefined;
  const left = [...mails];
  for (const [index, one] of wanted.entries()) {
    const found = left.findIndex((mail) => lacking(one, mail) === undefined);
    if (found === -1)
      return `no mail is as [${index}] says; of the nearest: ${lacking(one, left[0])}; subjects: ${subjects}`;
    left.splice(found, 1);
  }
  return undefined;
}

function lacking({ to, subject, body }: MailExpectation, mail: SentMail | undefined): string | undefined {
  if (!mail) return 'there is none left';
  if (to !== undefined && to !== mail.to) return `it went to ${mail.to}, not ${to}`;
  for (const part of [subject ?? []].flat())
    if (!mail.subject.includes(part)) return `the subject ${shown(mail.subject)} lacks ${shown(part)}`;
  for (const part of [body ?? []].flat())
    if (!mail.text.includes(part)) return `the body lacks ${shown(part)}: ${shown(mail.text)}`;
  return undefined;
}

async function accountProblem(
  { service, operation, input = {}, output, error }: AccountExpectation,
  system: SimulatedSystem,
): Promise<string | undefined> {
  try {
    const answer = await system.call(service, operation, input);
    if (error !== undefined) return `expected the error ${error}, seen ${shown(answer)}`;
    return output === undefined ? undefined : difference(output, JSON.parse(JSON.stringify(answer)));
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    return isSameCode(error, thrown.name)
      ? undefined
      : `expected ${error === undefined ? 'an answer' : `the error ${error}`}, seen ${thrown.name}: ${thrown.message}`;
  }
}
