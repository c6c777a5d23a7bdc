import type { ExecutionOrigin, HistoryEvent, NewEffect, NewExecution, Transition } from '@riposte/engine';

export const NOW_MS = Date.UTC(2026, 0, 1);
export const MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:contract';

export function arnOf(name: string): string {
  return `arn:aws:states:eu-west-1:123456789012:execution:contract:${name}`;
}

function event(id: number): HistoryEvent {
  return { id, previousEventId: id - 1, timestamp: NOW_MS + id, type: 'PassStateEntered' };
}

export function events(from: number, to: number): HistoryEvent[] {
  return Array.from({ length: to - from + 1 }, (_, index) => event(from + index));
}

export function timer(id: string, dueAtMs: number): NewEffect {
  return { id, kind: 'timer', dueAtMs };
}

export function task(id: string, extra: Partial<NewEffect> = {}): NewEffect {
  return { id, kind: 'task', dueAtMs: NOW_MS, payload: `{"of":"${id}"}`, ...extra };
}

/** The transition that creates an execution; one event, open. */
export function creation(
  name: string,
  change: Partial<Transition> = {},
  created: Partial<NewExecution> & { origin?: ExecutionOrigin } = {},
): Transition {
  return {
    executionArn: arnOf(name),
    expectedRevision: 0,
    created: {
      executionArn: arnOf(name),
      stateMachineArn: MACHINE,
      name,
      startDate: NOW_MS,
      input: '{"a":1}',
      roleArn: 'arn:aws:iam::123456789012:role/contract',
      definition: '{"StartAt":"A"}',
      origin: { simulated: false },
      ...created,
    },
    head: { status: 'RUNNING', nextEventId: 2 },
    events: events(1, 1),
    records: new Map(),
    effects: [],
    cancelled: [],
    ...change,
  };
}

/** The transition from a revision to the next, without events unless given. */
export function change(name: string, expectedRevision: number, rest: Partial<Transition> = {}): Transition {
  return {
    executionArn: arnOf(name),
    expectedRevision,
    head: { status: 'RUNNING', nextEventId: 2 },
    events: [],
    records: new Map(),
    effects: [],
    cancelled: [],
    ...rest,
  };
}
