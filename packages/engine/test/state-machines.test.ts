import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWorld, machine, REGION, ROLE, tasks } from './world.ts';

test('creating the same machine twice answers as the first time, another definition is refused', async (t) => {
  const { host, clock } = await createWorld(t);
  const first = await machine(host, 'm', tasks({}));
  await clock.advanceBy(1000);
  const definition = JSON.stringify(tasks({}));
  const again = { name: 'm', definition, roleArn: `${ROLE}2`, region: REGION };
  assert.deepEqual(await host.createStateMachine(again), first);
  await assert.rejects(host.createStateMachine({ ...again, definition: ` ${definition}` }), {
    code: 'StateMachineAlreadyExists',
    message: `State Machine Already Exists: '${first.stateMachineArn}'`,
  });
});

test('a definition with faults is refused with the diagnostics', async (t) => {
  const { host } = await createWorld(t);
  await assert.rejects(
    machine(host, 'm', { StartAt: 'A', States: {} }),
    (error: Error & { code?: string }) => {
      assert.equal(error.code, 'InvalidDefinition');
      assert.match(
        error.message,
        /^Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: .* at \/States'$/,
      );
      return true;
    },
  );
});

test('an update sets a revision id, one without a change keeps it', async (t) => {
  const { host, clock } = await createWorld(t);
  const { stateMachineArn, revisionId, creationDate } = await machine(host, 'm', tasks({}));
  assert.equal(revisionId, undefined);
  await clock.advanceBy(1000);
  const changed = await host.updateStateMachine({ stateMachineArn, roleArn: `${ROLE}2` });
  assert.ok(changed.revisionId);
  assert.equal(changed.updateDate, creationDate + 1000);
  const same = await host.updateStateMachine({ stateMachineArn, roleArn: `${ROLE}2` });
  assert.equal(same.revisionId, changed.revisionId);
  assert.deepEqual(await host.describeStateMachine(stateMachineArn), same);
  await assert.rejects(host.updateStateMachine({ stateMachineArn }), { code: 'MissingRequiredParameter' });
});

test('deleting succeeds twice, and what is deleted is gone', async (t) => {
  const { host } = await createWorld(t);
  const { stateMachineArn } = await machine(host, 'm', tasks({}));
  await host.deleteStateMachine(stateMachineArn);
  await host.deleteStateMachine(stateMachineArn);
  await assert.rejects(host.describeStateMachine(stateMachineArn), { code: 'StateMachineDoesNotExist' });
  await assert.rejects(host.deleteStateMachine('arn:aws:states:x'), { code: 'InvalidArn' });
});

test('machines are listed by region, page by page', async (t) => {
  const { host } = await createWorld(t);
  for (const name of ['b', 'a', 'c']) await machine(host, name, tasks({}));
  const first = await host.listStateMachines(REGION, { maxResults: 2 });
  const second = await host.listStateMachines(REGION, { nextToken: first.nextToken! }); // there are three
  const names = [...first.stateMachines, ...second.stateMachines].map(({ name }) => name);
  assert.deepEqual(names, ['a', 'b', 'c']);
  assert.deepEqual((await host.listStateMachines('us-east-1', {})).stateMachines, []);
});
