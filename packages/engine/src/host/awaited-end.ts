import type { NewEffect } from '../ports/store.ts';
import { childArnOf, isSyncStart } from './child-executions.ts';
import type { TaskAnswer } from './signals.ts';
import { resourceOf } from './task-dispatch.ts';

type Awaited = { kind: 'submitted'; output: string; childArn?: string } | TaskAnswer;

/** A request that was only accepted must be waited for by something that can come: a token or a child's end. */
export function whatIsAwaited(effect: NewEffect, output: string): Awaited {
  const resource = resourceOf(effect);
  const childArn = isSyncStart(resource) ? childArnOf(output) : undefined;
  if (childArn !== undefined) return { kind: 'submitted', output, childArn };
  const isSync = /\.sync(:2)?$/.test(resource); // has a token, but what ends it is the work
  if (effect.taskToken !== undefined && !isSync) return { kind: 'submitted', output };
  return {
    kind: 'failed',
    error: 'States.Runtime',
    cause: `This server cannot wait for the end of ${resource} yet.`,
  };
}

export function unknownChild(childArn: string): TaskAnswer {
  return {
    kind: 'failed',
    error: 'States.TaskFailed',
    cause: `Execution Does Not Exist: '${childArn}'`,
  };
}
