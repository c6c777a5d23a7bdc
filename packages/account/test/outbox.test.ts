import assert from 'node:assert/strict';
import { type FileHandle, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { outboxTransport } from '@riposte/account';
import { notification, openPostOffice } from './support/mail.ts';

const MAIL = {
  id: 'n1',
  from: 'a@example.com',
  to: 'b@example.com',
  subject: 'x',
  text: 'y',
  messageId: '<n1@riposte.invalid>',
  date: new Date(0),
  headers: {},
};

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
  const transport = outboxTransport(outbox);
  assert.deepEqual(await transport.send(MAIL), { outboxFile: 'n1.eml' });
  const first = await readFile(join(outbox, 'n1.eml'));
  const { ino } = await stat(join(outbox, 'n1.eml'));
  await transport.send(MAIL);
  assert.equal((await stat(join(outbox, 'n1.eml'))).ino, ino);

  await rm(join(outbox, 'n1.eml'));
  await writeFile(join(outbox, '.n1.eml.tmp'), 'half a ma');
  await transport.send(MAIL);
  assert.deepEqual(await readdir(outbox), ['n1.eml']);
  assert.deepEqual(await readFile(join(outbox, 'n1.eml')), first);
});

test('a mail is on disk under its name before it is sent, and for its owner alone', async (t) => {
  const umask = process.umask(0);
  t.after(() => process.umask(umask));
  const outbox = await folder(t);
  const parent = await open(join(outbox, '..'), 'r');
  const prototype = Object.getPrototypeOf(parent) as FileHandle;
  await parent.close();
  const synced: string[] = [];
  const original = prototype.sync;
  t.mock.method(prototype, 'sync', async function (this: FileHandle) {
    const kind = (await this.stat()).isDirectory() ? 'folder' : 'file';
    synced.push(`${kind} ${(await readdir(outbox)).join()}`);
    return original.call(this);
  });
  await outboxTransport(outbox).send(MAIL);
  assert.deepEqual(synced, ['file .n1.eml.tmp', 'folder n1.eml']);
  assert.equal((await stat(outbox)).mode & 0o777, 0o700);
  assert.equal((await stat(join(outbox, 'n1.eml'))).mode & 0o777, 0o600);
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
