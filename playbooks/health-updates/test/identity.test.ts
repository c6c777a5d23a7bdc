import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  communicationOf,
  deliveryKey,
  eventKey,
  type HealthEvent,
  pageOf,
  updatedAt,
  updateKey,
} from '../functions/updates/identity.ts';

const ARN = 'arn:aws:health:us-east-1::event/EBS/AWS_EBS_VOLUME_LOST/AWS_EBS_VOLUME_LOST_0001';

function event(detail: HealthEvent['detail'], account = '123456789012'): HealthEvent {
  return { account, time: '2025-02-12T00:40:00Z', detail: { eventArn: ARN, ...detail } };
}

describe('keys of AWS Health events', () => {
  test('pages are deliveries of one update', () => {
    const pages = [1, 2].map((page) => event({ communicationId: `abc-${page}`, page: String(page) }));
    assert.deepEqual(pages.map(deliveryKey), ['123456789012|abc-1|1', '123456789012|abc-2|2']);
    assert.deepEqual(pages.map(updateKey), ['123456789012|abc', '123456789012|abc']);
  });

  test('the account is the affected one, not the one that receives', () => {
    const member = event({ communicationId: 'abc-1', page: '1', affectedAccount: '210987654321' });
    assert.equal(deliveryKey(member), '210987654321|abc-1|1');
    assert.equal(eventKey(member), `210987654321|${ARN}`);
  });

  test('only the page is cut off: other digits at the end belong to the id', () => {
    for (const [communicationId, page, expected] of [
      ['abc-1', '1', 'abc'],
      ['abc-1', undefined, 'abc'],
      ['abc-12', '2', 'abc-12'],
      ['abc-12', '12', 'abc'],
      ['8a1b2c3d-0000-4000-8000-123456789012', '1', '8a1b2c3d-0000-4000-8000-123456789012'],
      ['', '1', undefined],
      [undefined, '1', undefined],
    ] as const)
      assert.equal(
        communicationOf(
          event({ ...(communicationId !== undefined && { communicationId }), ...(page && { page }) }),
        ),
        expected,
      );
  });

  test('without a communication id, ARN and last update stand for it', () => {
    const older = event({ lastUpdatedTime: 'Wed, 12 Feb 2025 00:37:54 GMT' });
    assert.equal(updateKey(older), `123456789012|${ARN}|Wed, 12 Feb 2025 00:37:54 GMT`);
    assert.equal(deliveryKey(older), `${updateKey(older)}|1`);
  });

  test('pages are numbers, and at least as many as the page that came', () => {
    assert.deepEqual(pageOf(event({ page: '2', totalPages: '3' })), { page: 2, totalPages: 3 });
    assert.deepEqual(pageOf(event({})), { page: 1, totalPages: 1 });
    assert.deepEqual(pageOf(event({ page: '2' })), { page: 2, totalPages: 2 });
    assert.deepEqual(pageOf(event({ page: 'two', totalPages: '-1' })), { page: 1, totalPages: 1 });
  });

  test('times of updates sort as text', () => {
    assert.equal(
      updatedAt(event({ lastUpdatedTime: 'Wed, 12 Feb 2025 00:37:54 GMT' })),
      '2025-02-12T00:37:54.000Z',
    );
    assert.equal(updatedAt(event({})), '2025-02-12T00:40:00.000Z');
    assert.equal(updatedAt(event({ lastUpdatedTime: 'yesterday' })), '2025-02-12T00:40:00Z');
  });
});
