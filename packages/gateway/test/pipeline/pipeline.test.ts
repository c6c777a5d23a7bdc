import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { AccountOperation } from '@riposte/account';
import { ServiceError } from '@riposte/engine';
import { serviceModels, supportedOperations } from '@riposte/gateway';
import { Catalogue } from '../../src/pipeline/catalogue.ts';
import type { CatalogueEntry } from '../../src/pipeline/operation.ts';
import { CallPipeline } from '../../src/pipeline/pipeline.ts';
import { Runs } from '../../src/sessions/runs.ts';
import { ACCOUNT, administrator, countingIds, openWorld, REGION } from '../support/world.ts';

/** A pipeline with one operation, over a real store. */
function openPipeline(t: TestContext, handle: AccountOperation<object>['handle']) {
  const { store, records, inAccount } = openWorld(t);
  const reported: string[] = [];
  const entry: CatalogueEntry = {
    kind: 'account',
    operation: { service: 'iam', name: 'Change', access: 'write', resourceArn: () => 'arn:thing', handle },
  };
  const pipeline = new CallPipeline({
    account: ACCOUNT,
    store,
    clock: { now: () => 0, wakeAt: () => () => {} },
    ids: countingIds(),
    catalogue: new Catalogue([entry]),
    runs: new Runs(),
    codeStore: undefined as never, // no operation here keeps code
    buckets: undefined as never, // nor objects
    undefinedRoles: 'refused',
    services: () => assert.fail('no other room is asked'),
    asyncInvocations: undefined as never, // no operation here goes on after its answer
    queues: undefined as never, // nor receives messages
    connectionRequests: undefined as never, // nor leaves the process
    report: (line) => reported.push(line),
  });
  const call = () =>
    pipeline.call({
      service: 'iam',
      operation: 'Change',
      input: { Name: 'x' },
      region: REGION,
      caller: administrator,
    });
  return { call, records, inAccount, reported };
}

const kept = (world: ReturnType<typeof openPipeline>) =>
  world.inAccount((transaction) => transaction.get('iam:thing', 'x'));

test('what an operation wrote before it refused is undone; the record of the refusal stays', async (t) => {
  const world = openPipeline(t, (transaction) => {
    transaction.put('iam:thing', 'x', 1);
    throw new ServiceError('LimitExceeded', 'Enough.', 409);
  });
  await assert.rejects(world.call(), { code: 'LimitExceeded', message: 'Enough.', status: 409 });
  assert.equal(await kept(world), undefined);
  const records = await world.records();
  assert.deepEqual(
    records.map(({ errorCode, errorMessage, verdict }) => [errorCode, errorMessage, verdict]),
    [['LimitExceeded', 'Enough.', 'The caller is the administrator, whom policies do not bind.']],
  );
});

test('a bug is answered as InternalFailure and told to the operator, and nothing of it is written', async (t) => {
  let isBroken = true;
  const world = openPipeline(t, (transaction) => {
    transaction.put('iam:thing', 'x', 1);
    if (isBroken) throw new TypeError('detail that callers must not see');
    return { Done: true };
  });
  await assert.rejects(world.call(), {
    code: 'InternalFailure',
    status: 500,
    message: "Riposte failed in iam:Change; the server's log says why.",
  });
  assert.equal(await kept(world), undefined);
  assert.match(
    world.reported.join('\n'),
    /^iam:Change failed: TypeError: detail that callers must not see ← at /,
  );
  isBroken = false;
  assert.deepEqual(await world.call(), { Done: true });
  assert.equal(await kept(world), 1);
  const records = await world.records();
  assert.deepEqual(
    records.map(({ errorCode }) => errorCode),
    ['InternalFailure', undefined],
  );
});

test('an operation cannot be written twice', () => {
  const operation = {
    service: 'iam',
    name: 'A',
    access: 'read',
    resourceArn: () => '*',
    handle: () => ({}),
  } as const;
  const entries = [
    { kind: 'account', operation },
    { kind: 'account', operation },
  ] as const;
  assert.throws(() => new Catalogue(entries), /iam:A is written twice/);
});

test('what is supported is listed in order, and each has a model on the wire', () => {
  const supported = supportedOperations();
  const names = supported.map(({ service, operation }) => `${service}:${operation}`);
  assert.deepEqual(names, names.toSorted());
  assert.ok(supported.some(({ operation, access }) => operation === 'DeleteAccessKey' && access === 'write'));
  for (const { service, operation } of supported)
    assert.ok(serviceModels.hasOperation(service, operation), `${service}:${operation}`);
});
