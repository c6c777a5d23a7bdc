import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScheduleInput } from '@riposte/events';
import { ACCOUNT, inWorld, REGION, START_MS, type World } from './world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const input = (ScheduleExpression: string, change: Partial<ScheduleInput> = {}): ScheduleInput => ({
  Name: 'dated',
  ScheduleExpression,
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: {
    Arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:f`,
    RoleArn: `arn:aws:iam::${ACCOUNT}:role/r`,
  },
  ...change,
});
const create = ({ service }: World, expression: string, change?: Partial<ScheduleInput>) =>
  service.createSchedule(REGION, input(expression, change));
const isPast = async ({ service }: World) => (await service.upcoming(REGION, 1))[0]?.isPast;

test(
  'a start of five minutes ago is taken, and any dates of a schedule that runs once',
  inWorld(async (world) => {
    await create(world, 'rate(1 day)', { StartDate: new Date(START_MS - 5 * MINUTE_MS) });
    const past = { StartDate: new Date(2), EndDate: new Date(1) };
    await create(world, 'at(2026-02-01T12:00:00)', { Name: 'once', ...past });
    assert.equal((await world.service.listSchedules(REGION, {})).Schedules.length, 2);
  }),
);

test(
  'a change keeps the dates that have passed meanwhile, and takes no others that have',
  inWorld(async (world) => {
    const dates = { StartDate: new Date(START_MS), EndDate: new Date(START_MS + HOUR_MS) };
    await world.service.start();
    await create(world, 'rate(1 day)', dates);
    await world.pass(2 * HOUR_MS);
    const update = (change: Partial<ScheduleInput>) =>
      world.service.updateSchedule(REGION, input('rate(1 day)', change));
    await update({ ...dates, Description: 'has ended' });
    assert.equal(await isPast(world), true);
    const refused = (change: Partial<ScheduleInput>, message: RegExp) =>
      assert.rejects(update(change), { name: 'ValidationException', message });
    await refused({ StartDate: new Date(START_MS + 1) }, /cannot be earlier than 5 minutes ago/);
    await refused({ EndDate: new Date(START_MS + 1) }, /cannot be in the past/);
    await update({ StartDate: dates.StartDate, State: 'DISABLED' });
    assert.equal(await isPast(world), false, 'it is disabled');
  }),
);

test(
  'a schedule that runs once is past when it has run, not while its window is open',
  inWorld(async (world) => {
    await world.service.start();
    await create(world, 'at(2026-01-31T13:00:00)', {
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 10 },
    });
    await world.pass(HOUR_MS + MINUTE_MS);
    assert.deepEqual([world.invocations.length, await isPast(world)], [0, false]);
    await world.pass(HOUR_MS);
    assert.deepEqual([world.invocations.length, await isPast(world)], [1, true]);
  }),
);
