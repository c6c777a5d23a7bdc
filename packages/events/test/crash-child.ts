/** Puts events into the file it is given until it is killed; says each id once it is answered. Started by crash.test.ts. */
import { randomUUID } from 'node:crypto';
import { createEventService } from '@riposte/events';
import { Database, SqliteEventStore, SqliteSchedulerStore } from '@riposte/store-sqlite';

const [, , file = '', region = ''] = process.argv;
const database = new Database(file);
const service = createEventService({
  store: new SqliteEventStore(database),
  schedulerStore: new SqliteSchedulerStore(database),
  clock: { now: () => Date.UTC(2026, 0, 31), wakeAt: () => () => undefined },
  ids: { uuid: randomUUID, secret: randomUUID, uniform: () => 0 },
  account: '111122223333',
  invoker: {
    // takes the work and never answers: whatever was begun is unfinished when the process dies
    invoke: (invocation) => {
      process.stdout.write(`invoked ${invocation.eventId} ${invocation.deliveryId}\n`);
      return new Promise(() => undefined);
    },
    sendDeadLetter: () => new Promise(() => undefined),
  },
});
await service.start();
await service.putRule(region, { Name: 'r', EventPattern: '{"source":["test"]}' });
await service.putTargets(region, 'r', [{ Id: 't', Arn: `arn:aws:sns:${region}:111122223333:topic` }]);
for (;;) {
  const results = await service.putEvents(region, [{ Source: 'test', DetailType: 'Order', Detail: '{}' }]);
  process.stdout.write(`answered ${results[0]?.EventId}\n`);
}
