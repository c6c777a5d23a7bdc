import assert from 'node:assert/strict';
import test from 'node:test';
import type { Caller } from '@riposte/account';
import { openWorld, policy } from '../support/world.ts';

const service: Caller = { kind: 'service', account: '000000000000', service: 'events.amazonaws.com' };
const place = { logGroupName: '/aws/events/all', logStreamName: 'one' };

test('a service writes into the groups that a resource policy of the region opens to it, and no others', async (t) => {
  const world = openWorld(t);
  for (const logGroupName of ['/aws/events/all', 'other'])
    await world.call('logs', 'CreateLogGroup', { logGroupName });
  const createStream = (logGroupName: string) =>
    world.call('logs', 'CreateLogStream', { ...place, logGroupName }, service);
  await assert.rejects(createStream('/aws/events/all'), { code: 'AccessDeniedException' });
  await world.call('logs', 'PutResourcePolicy', {
    policyName: 'events',
    policyDocument: policy({
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/events/*:*',
    }),
  });
  await createStream('/aws/events/all');
  const timestamp = Date.parse('2026-11-23T06:00:00Z');
  const put = { ...place, logEvents: [{ timestamp, message: 'event' }] };
  assert.deepEqual(await world.call('logs', 'PutLogEvents', put, service), {});
  await assert.rejects(createStream('other'), { code: 'AccessDeniedException' });
});
