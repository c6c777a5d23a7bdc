import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StateGraph } from '@riposte/asl';
import { renderText } from '../src/index.ts';
import { machineNamed } from './support.ts';

test('a machine is a tree: states in order, branches inside, ways out below', () => {
  const statuses = {
    Read: 'caughtError',
    'Back off': 'timedOut',
    Sizes: 'succeeded',
    Both: 'running',
    Mail: 'failed',
    Sent: 'skipped',
    'Every item of a list with a long name': 'waiting',
    'Ask somebody': 'aborted',
  } as const;
  assert.equal(
    renderText(machineNamed('every-shape'), statuses),
    `⚠ Read  Lambda function · caught error
    → Sizes
    ⚠ States.Timeout, Lambda.TooManyRequestsException → Back off
✔ Sizes  choice · succeeded
    $.size > 10 and not ($.done is present) → Both
    starts with a → Ask somebody
    default → Nothing
▶ Both  2 branches in parallel · running
    branch 1:
    │ ✘ Mail  sns publish · failed
    │     → Sent
    │ – Sent  pass · skipped
    │     → end
    branch 2:
    │ ⏸ Every item of a list with a long name  each item of $.items · waiting
    │     each item:
    │     │ ○ Start child  states startExecution (sync:2) · not started
    │     │     → end
    │     → end
    → Done
    ⚠ States.ALL → Broken
○ Done  succeed · not started
    → end
⧗ Back off  wait 60 s · timed out
    → Read
■ Ask somebody  sns publish (waitForTaskToken) · aborted
    → Done
○ Nothing  pass · not started
    → Done
○ Broken  fail: Broken · not started
    → end`,
  );
});

test('without statuses the machine alone is shown', () => {
  assert.equal(
    renderText(machineNamed('loops')),
    `● A  activity
    → B
    ⚠ States.ALL → Z
● B  choice
    $.n < 3 → A
    $.a is not null or $.b < $.c → C
    default → Z
● Z  fail
    → end
● C  wait until $.at
    → B`,
  );
});

test('a definition cannot steer the terminal', () => {
  const machine = {
    StartAt: 'a\u001B[2J\nb',
    States: { 'a\u001B[2J\nb': { Type: 'Fail', Error: '\u009B31m' } },
  } satisfies StateGraph;
  assert.equal(renderText(machine), '● a [2J b  fail:  31m\n    → end');
});
