import assert from 'node:assert/strict';
import type { EventFilter, EventPosition, EventStore } from '@riposte/events';
import type { EventStoreCases } from '../event-store-contract.ts';
import { claimed, NOW, record } from './event-records.ts';

const found = async (store: EventStore, filter: EventFilter): Promise<string[]> => {
  const { events } = await store.searchEvents(filter, { limit: 100 });
  return events.map(({ event }) => event.id);
};

export const searchCases: EventStoreCases = {
  'events are found by their time also where a clock was set back, and pages leave out none': async ({
    store,
  }) => {
    const times = [100, 200, 300, 300, 300, 150, 250, 400];
    await store.record(times.map((atMs, n) => record(`e${n}`, [], atMs)));
    const found: string[] = [];
    let before: EventPosition | undefined;
    do {
      const page = await store.searchEvents(
        { fromMs: 150, toMs: 400 },
        { limit: 2, ...(before && { before }) },
      );
      found.push(...page.events.map(({ event }) => event.id));
      assert.ok(page.events.length > 0, 'no page is asked for in vain');
      before = page.before;
    } while (before);
    assert.deepEqual(found, ['e4', 'e3', 'e2', 'e6', 'e1', 'e5']);
  },

  'events are found by each part of a filter, and by all of it': async ({ store }) => {
    const rule = 'arn:aws:events:us-east-1:111122223333:rule/';
    const other = record('other', [`${rule}orders`]);
    other.event = {
      ...other.event,
      source: 'shop',
      'detail-type': 'Paid',
      detail: { note: 'sie sagt "Grüße"' },
    };
    await store.record([record('plain', []), { ...other, eventBusName: 'bus' }, record('done', ['a'])]);
    await claimed(store);
    await store.settleDelivery('done/a', 0, { kind: 'delivered', atMs: NOW, tookMs: 0 });
    assert.deepEqual(await found(store, {}), ['done', 'other', 'plain']);
    const filters: [EventFilter, string[]][] = [
      [{ source: 'shop' }, ['other']],
      [{ detailType: 'Paid' }, ['other']],
      [{ eventBusName: 'bus' }, ['other']],
      [{ rule: 'orders' }, ['other']],
      [{ rule: `${rule}orders` }, ['other']],
      [{ rule: 'order' }, []],
      [{ status: 'pending' }, ['other']],
      [{ status: 'delivered' }, ['done']],
      [{ status: 'dead' }, []],
      [{ text: 'NOTE' }, ['other']],
      [{ text: 'SAGT "GRÜ' }, ['other']],
      [{ text: '"note":"sie' }, ['other']],
      [{ text: 'GRÜSSE' }, ['other']],
      [{ text: 'gruesse' }, []],
      [{ source: 'shop', status: 'delivered' }, []],
      [{ source: 'test', detailType: 'Order' }, ['done', 'plain']],
    ];
    for (const [filter, ids] of filters)
      assert.deepEqual(await found(store, filter), ids, JSON.stringify(filter));
  },

  'an id that nobody put is not found': async ({ store }) => {
    assert.equal(await store.event('nobody'), undefined);
  },
};
