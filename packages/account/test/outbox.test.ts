import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { outboxTransport } from '@riposte/account';
import { notification, openPostOffice } from './support/mail.ts';

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'riposte-outbox-'));
  t.after(() => rm(path, { recursive: true }));
  return join(path, 'outbox');
}

test('a mail becomes one file that a mail program opens', async (t) => {
  const outbox = await folder(t);
  const office = openPostOffice(t, outboxTransport(outbox));
  await office.enqueue(notification({ message: 'Grüße\n.\nFrom here' }));
  office.notifier.start();
  await office.outcomes(1);
  const file = `${notification().id}.eml`;
  assert.deepEqual(await readdir(outbox), [file]);
  const [delivered] = await office.store.listNotifications({ limit: 1 });
  assert.equal(delivered?.outboxFile, file);
  assert.equal(delivered.status, 'delivered');
  const text = await readFile(join(outbox, file), 'utf8');
  assert.match(text, /^Subject: Key exposed\r$/m);
  assert.match(text, /^Content-Transfer-Encoding: (quoted-printable|base64)\r$/m);
});

test('sending again changes nothing, whether the first time was finished or not', async (t) => {
  const outbox = await folder(t);
  const mail = {
    id: 'n1',
    from: 'a@example.com',
    to: 'b@example.com',
    subject: 'x',
    text: 'y',
    messageId: '<n1@riposte.invalid>',
    date: new Date(0),
    headers: {},
  };
  const transport = outboxTransport(outbox);
  assert.deepEqual(await transport.send(mail), { outboxFile: 'n1.eml' });
  const first = await readFile(join(outbox, 'n1.eml'));
  const { ino } = await stat(join(outbox, 'n1.eml'));
  await transport.send(mail);
  assert.equal((await stat(join(outbox, 'n1.eml'))).ino, ino);

  await rm(join(outbox, 'n1.eml'));
  await writeFile(join(outbox, '.n1.eml.tmp'), 'half a ma');
  await transport.send(mail);
  assert.deepEqual(await readdir(outbox), ['n1.eml']);
  assert.deepEqual(await readFile(join(outbox, 'n1.eml')), first);
});

test('a folder that cannot be written keeps the mail waiting', async (t) => {
  const outbox = await folder(t);
  await writeFile(outbox, 'a file, no folder');
  const office = openPostOffice(t, outboxTransport(outbox));
  await office.enqueue(notification());
  office.notifier.start();
  await office.outcomes(1);
  const [waiting] = await office.store.listNotifications({ limit: 1 });
  assert.equal(waiting?.status, 'pending');
  assert.match(waiting.lastError ?? '', /EEXIST|ENOTDIR/);
});
