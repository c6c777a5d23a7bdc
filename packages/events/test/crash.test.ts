import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { inWorld, REGION } from './world.ts';

test(
  'every event that was answered before kill -9 is delivered afterwards, under the delivery id it had',
  inWorld(async (world) => {
    world.crash(); // the child needs the file
    const file = join(world.folder, 'riposte.db');
    const child = spawn(process.execPath, [join(import.meta.dirname, 'crash-child.ts'), file, REGION], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const answered: string[] = [];
    const invoked = new Map<string, string>();
    for await (const line of createInterface({ input: child.stdout })) {
      const [what, eventId = '', deliveryId = ''] = line.split(' ');
      if (what === 'answered') answered.push(eventId);
      if (what === 'invoked') invoked.set(eventId, deliveryId);
      if (answered.length === 40) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    assert.equal(child.signalCode, 'SIGKILL');
    assert.ok(invoked.size > 0, 'some deliveries were under way');

    world.open();
    await world.service.start();
    for (let round = 0; world.invocations.length < answered.length && round < 100; round += 1)
      await world.settle();
    await world.settle();
    const delivered = new Map(world.invocations.map((one) => [one.eventId, one.deliveryId]));
    for (const eventId of answered) assert.ok(delivered.has(eventId), `${eventId} was answered`);
    for (const [eventId, deliveryId] of invoked) assert.equal(delivered.get(eventId), deliveryId);
    assert.equal(delivered.size, world.invocations.length, 'each once');
  }),
);
