import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from '@riposte/testkit';
import type { Endpoints } from './endpoints.ts';
import type { KilledServer } from './killed-server.ts';
import {
  allowBus,
  allowFunction,
  allowMachine,
  arns,
  createQueue,
  forbid,
  queueUrl,
  setTopicPolicy,
  statement,
} from './world.ts';

/** Something that goes wrong with a target for a while. */
interface Fault {
  name: string;
  begin(): Promise<void>;
  end(): Promise<void>;
}

export function faultsOf(server: KilledServer, endpoints: Endpoints): readonly Fault[] {
  const setQueuePolicy = (Policy: string) =>
    server.call('sqs', 'SetQueueAttributes', { QueueUrl: queueUrl('soak-queue'), Attributes: { Policy } });
  const denyQueue = () =>
    setQueuePolicy(statement('Deny', 'sqs:SendMessage', arns.queue('soak-queue'))).then(() => {});
  return [
    {
      name: 'role may not start the machine',
      begin: () => forbid(server, 'machine'),
      end: () => allowMachine(server),
    },
    { name: 'role may not put on the bus', begin: () => forbid(server, 'bus'), end: () => allowBus(server) },
    {
      name: 'function closed to rules',
      begin: async () => {
        const wanted = { FunctionName: 'soak', StatementId: 'events' };
        await server.call('lambda', 'RemovePermission', wanted, 'ResourceNotFound');
      },
      end: () => allowFunction(server),
    },
    {
      name: 'topic closed to rules',
      begin: () => setTopicPolicy(server, 'Deny'),
      end: () => setTopicPolicy(server, 'Allow'),
    },
    { name: 'queue closed to rules', begin: denyQueue, end: () => setQueuePolicy('').then(() => {}) },
    {
      name: 'queue deleted',
      // closed and read to its end first: what lies in a queue goes with it, and that would be no fault of the server
      begin: async () => {
        await denyQueue();
        await readToItsEnd(server, 'soak-queue');
        await server.call('sqs', 'DeleteQueue', { QueueUrl: queueUrl('soak-queue') }, 'QueueDoesNotExist');
      },
      end: () => createQueue(server, 'soak-queue'),
    },
    { name: 'endpoint refuses connections', begin: () => endpoints.down(), end: () => endpoints.up() },
  ];
}

/** One fault after the other until it is told to stop; what it broke is whole again then. @returns how often which */
export async function letThingsFail(
  faults: readonly Fault[],
  dice: Dice,
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const begun = new Map<string, number>();
  while (!signal.aborted) {
    const fault = dice.pick(faults);
    const pause = dice.integer(200, 1500);
    const duration = dice.integer(500, 3000);
    await sleep(pause, undefined, { signal }).catch(() => {});
    await fault.begin();
    begun.set(fault.name, (begun.get(fault.name) ?? 0) + 1);
    await sleep(duration, undefined, { signal }).catch(() => {});
    await fault.end();
  }
  return begun;
}

/** Waits for the reader of the queue: nothing lies there, and nothing is on its way back. */
async function readToItsEnd(server: KilledServer, queue: string): Promise<void> {
  for (let quiet = 0; quiet < 3;) {
    const { Attributes } = await server.call('sqs', 'GetQueueAttributes', {
      QueueUrl: queueUrl(queue),
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    });
    const left = Object.values((Attributes ?? {}) as Record<string, string>).some((count) => count !== '0'); // a map of texts
    quiet = left ? 0 : quiet + 1;
    await sleep(100);
  }
}
