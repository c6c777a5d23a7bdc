import { parseJson, stringifyJson, isJsonObject, type JsonObject } from '@riposte/asl';
import type { Execution } from '../ports/executions.ts';
import type { TaskAnswer } from './signals.ts';

const SYNC = /^arn:[^:]+:states:::states:startExecution\.sync(:2)?$/;

/** A step that was to wait for the child which it starts, and does not any more. */
export interface Orphan {
  executionArn: string;
  effectId: string;
}

/** Whether a task ends only with the execution it starts. */
export function isSyncStart(resource: string): boolean {
  return SYNC.test(resource);
}

/** The child's ARN in the answer of StartExecution. */
export function childArnOf(output: string): string | undefined {
  const answer = parseJson(output);
  const arn = isJsonObject(answer) ? answer['ExecutionArn'] : undefined;
  return typeof arn === 'string' ? arn : undefined;
}

/**
 * What the step that started a child gets for its end.
 * @param resource `….sync` gives input and output as text, `….sync:2` as JSON
 */
export function childOutcome(child: Execution, resource: string): TaskAnswer {
  const description = stringifyJson(describe(child, resource.endsWith(':2')));
  return child.status === 'SUCCEEDED'
    ? { kind: 'succeeded', output: description }
    : { kind: 'failed', error: 'States.TaskFailed', cause: description };
}

/**
 * DescribeExecution's answer under the names that integrations use; dates in milliseconds. Without what it says of
 * redrives: four of the five answers recorded from the service leave that out.
 */
function describe(child: Execution, isParsed: boolean): JsonObject {
  const payload = (text: string) => (isParsed ? parseJson(text) : text);
  return {
    ...(child.cause !== undefined && { Cause: child.cause }),
    ...(child.error !== undefined && { Error: child.error }),
    ExecutionArn: child.executionArn,
    Input: payload(child.input),
    InputDetails: { Included: true },
    Name: child.name,
    ...(child.output !== undefined && {
      Output: payload(child.output),
      OutputDetails: { Included: true },
    }),
    StartDate: child.startDate,
    StateMachineArn: child.stateMachineArn,
    Status: child.status,
    ...(child.stopDate !== undefined && { StopDate: child.stopDate }),
  };
}
