import assert from 'node:assert/strict';
import type { Replay, ScheduleKey, StoredSchedule } from '@riposte/events';
import type { EventStoreCases } from '../event-store-contract.ts';
import { eventIds, NOW, ready, record } from './event-records.ts';

const keyOf = (name: string, groupName = 'default'): ScheduleKey => ({
  region: 'us-east-1',
  groupName,
  name,
});

function schedule(name: string, fireMs?: number, groupName = 'default'): StoredSchedule {
  return {
    region: 'us-east-1',
    schedule: {
      Name: name,
      GroupName: groupName,
      Arn: `arn:aws:scheduler:us-east-1:111122223333:schedule/${groupName}/${name}`,
      ScheduleExpression: 'rate(1 minute)',
      ScheduleExpressionTimezone: 'UTC',
      State: 'ENABLED',
      ActionAfterCompletion: 'NONE',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: 'arn:target', RoleArn: 'arn:role' },
      CreationDate: new Date(NOW),
      LastModificationDate: new Date(NOW),
    },
    ...(fireMs !== undefined && { next: { scheduledMs: fireMs, fireMs } }),
  };
}

export const scheduleCases: EventStoreCases = {
  'the next fire of a rule moves with the event that it fired': async ({ store }) => {
    const rule = {
      Name: 'timed',
      Arn: 'arn:rule',
      EventBusName: 'default',
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED' as const,
    };
    const key = { region: 'us-east-1', eventBusName: 'default', name: 'timed' };
    await store.putRule({ region: 'us-east-1', rule, targets: [], createdAtMs: NOW, nextFireMs: NOW + 1 });
    assert.equal(await store.nextFireMs(), NOW + 1);
    assert.deepEqual(await store.dueRules(NOW, 10), []);
    assert.equal((await store.dueRules(NOW + 1, 10)).length, 1);
    await store.record([{ ...record('tick', ['arn:rule']), fired: { ...key, nextFireMs: NOW + 60_001 } }]);
    assert.equal(await store.nextFireMs(), NOW + 60_001);
    await store.setNextFire(key, undefined);
    assert.equal(await store.nextFireMs(), undefined);
    assert.equal((await store.rule(key))?.nextFireMs, undefined);
  },

  'whether a rehearsal put them is kept with rules, schedules and replays': async ({
    store,
    schedulerStore,
    crash,
  }) => {
    const name = 'rehearsed';
    const rule = { Name: name, Arn: 'arn:rule', EventBusName: 'default', State: 'ENABLED' as const };
    await store.putRule({ region: 'us-east-1', rule, targets: [], createdAtMs: NOW, simulated: true });
    const put: StoredSchedule = { ...schedule(name, NOW), simulated: true };
    await schedulerStore.putSchedule(put);
    const replay: Replay = {
      ReplayName: name,
      ReplayArn: 'arn:replay',
      EventSourceArn: 'arn:archive',
      Destination: { Arn: 'arn:bus' },
      State: 'STARTING',
      eventStartTimeMs: 0,
      eventEndTimeMs: NOW,
      replayStartTimeMs: NOW,
      simulated: true,
    };
    await store.putReplay({ region: 'us-east-1', replay, dueAtMs: NOW }, []);
    const after = await crash();
    const key = { region: 'us-east-1', eventBusName: 'default', name };
    assert.equal((await after.store.rule(key))?.simulated, true);
    assert.deepEqual(await after.schedulerStore.schedule(keyOf(name)), put);
    assert.deepEqual(
      (await after.store.activeReplays()).map((active) => active.replay),
      [replay],
    );
  },

  'schedules are due in the order of their times, as many as are asked for': async ({ schedulerStore }) => {
    for (const [name, fireMs] of [
      ['c', NOW + 1],
      ['b', NOW],
      ['a', NOW + 2],
      ['never', undefined],
    ] as const)
      await schedulerStore.putSchedule(schedule(name, fireMs));
    const due = async (nowMs: number, limit = 10) =>
      (await schedulerStore.dueSchedules(nowMs, limit)).map((one) => 'schedule' in one && one.schedule.Name);
    assert.equal(await schedulerStore.nextScheduleFireMs(), NOW);
    assert.deepEqual(await due(NOW + 2), ['b', 'c', 'a']);
    assert.deepEqual(await due(NOW + 1), ['b', 'c']);
    assert.deepEqual(await due(NOW + 2, 1), ['b']);
  },

  'an invocation is written with the next time of its schedule, or with its end': async ({
    schedulerStore,
    crash,
  }) => {
    const arn = schedule('s').schedule.Arn;
    for (const name of ['s', 'last']) await schedulerStore.putSchedule(schedule(name, NOW));
    await schedulerStore.fireSchedule(keyOf('s'), schedule('s', NOW + 60_000), record('e', [arn]));
    await schedulerStore.fireSchedule(keyOf('last'), null, record('end', [arn]));
    const after = await crash();
    assert.deepEqual(await after.schedulerStore.dueSchedules(NOW, 10), []);
    assert.deepEqual(await after.schedulerStore.schedule(keyOf('s')), schedule('s', NOW + 60_000));
    assert.equal(await after.schedulerStore.schedule(keyOf('last')), undefined);
    assert.deepEqual(await ready(after.store), [`${arn}/t: 2`]);
    const twice = record('twice', ['a']);
    twice.deliveries.push(...record('twice', ['a']).deliveries);
    await assert.rejects(after.schedulerStore.fireSchedule(keyOf('s'), null, twice));
    assert.deepEqual(await after.schedulerStore.schedule(keyOf('s')), schedule('s', NOW + 60_000));
    assert.deepEqual((await eventIds(after.store)).toSorted(), ['e', 'end']);
    assert.deepEqual(await after.schedulerStore.dueSchedules(NOW + 60_000, 10), [
      schedule('s', NOW + 60_000),
    ]);
  },

  'one that is stopped stays, and is due when it is written anew': async ({ schedulerStore }) => {
    await schedulerStore.putSchedule(schedule('s', NOW));
    await schedulerStore.stopSchedule(keyOf('s'));
    assert.equal(await schedulerStore.nextScheduleFireMs(), undefined);
    assert.deepEqual(await schedulerStore.schedule(keyOf('s')), schedule('s', NOW));
    await schedulerStore.putSchedule(schedule('s', NOW + 1));
    assert.equal(await schedulerStore.nextScheduleFireMs(), NOW + 1);
  },

  'a group goes with its schedules, and no others': async ({ schedulerStore }) => {
    const group = { Name: 'ops', Arn: 'arn:ops', State: 'ACTIVE' as const };
    const dates = { CreationDate: new Date(NOW), LastModificationDate: new Date(NOW) };
    const stored = { region: 'us-east-1', group: { ...group, ...dates }, tags: { a: 'b' } };
    await schedulerStore.putScheduleGroup(stored);
    await schedulerStore.putSchedule(schedule('s', NOW));
    await schedulerStore.putSchedule(schedule('s', NOW, 'ops'));
    assert.deepEqual(await schedulerStore.scheduleGroups('us-east-1'), [stored]);
    assert.deepEqual(await schedulerStore.schedules('us-east-1', 'ops'), [schedule('s', NOW, 'ops')]);
    await schedulerStore.deleteScheduleGroup('us-east-1', 'ops');
    assert.deepEqual(await schedulerStore.schedules('us-east-1'), [schedule('s', NOW)]);
    assert.equal(await schedulerStore.scheduleGroup('us-east-1', 'ops'), undefined);
  },
};
