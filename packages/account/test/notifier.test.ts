import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  MailRefused,
  QueueRefused,
  smtpTransport,
  type MailTransport,
  type Notification,
} from '@riposte/account';
import { deadPort, mailServer, notification, openPostOffice, type PostOffice } from './support/mail.ts';

async function one(office: PostOffice): Promise<Notification> {
  const [first] = await office.store.listNotifications({ limit: 1 });
  return first!; // every test that asks has put one in
}

test('a mail goes out over SMTP and is marked as delivered', async (t) => {
  const server = await mailServer(t);
  const office = openPostOffice(t, smtpTransport(server.url));
  await office.enqueue(notification());
  office.notifier.start();
  await office.outcomes(1);
  const mail = server.received[0] ?? '';
  assert.match(mail, /^From: Riposte <riposte@example.com>\r$/m);
  assert.match(mail, /^To: security@example.com\r$/m);
  assert.match(mail, /^Subject: Key exposed\r$/m);
  assert.match(mail, /^Message-ID: <d41d8cd98f00b204e9800998ecf8427e@riposte\.invalid>\r$/m);
  assert.match(mail, /^Date: Mon, 23 Nov 2026 05:59:00 \+0000\r$/m);
  assert.match(mail, /^The key was deleted\.\r\nNothing else\.\r$/m);
  assert.match(mail, /aws sns unsubscribe --subscription-arn/);
  assert.doesNotMatch(mail, /SIMULATED|X-Riposte-Simulated/);
  const delivered = await one(office);
  assert.equal(delivered.status, 'delivered');
  assert.equal(delivered.attempts, 1);
  assert.equal(delivered.deliveredAtMs, office.clock.now());
  assert.deepEqual(office.clock.waits, []);
});

test('a simulated mail says so in subject, header and first line', async (t) => {
  const server = await mailServer(t);
  const office = openPostOffice(t, smtpTransport(server.url));
  await office.enqueue(notification({ simulated: true }));
  office.notifier.start();
  await office.outcomes(1);
  const [header, ...body] = (server.received[0] ?? '').split('\r\n\r\n');
  assert.match(header ?? '', /^Subject: \[SIMULATED\] Key exposed\r?$/m);
  assert.match(header ?? '', /^X-Riposte-Simulated: yes\r?$/m);
  assert.match(body.join('\r\n\r\n'), /^SIMULATED: /);
});

test('a mail without a subject has the one of SNS, and email-json is the bare envelope', async (t) => {
  const server = await mailServer(t);
  const office = openPostOffice(t, smtpTransport(server.url));
  const { subject: _none, ...bare } = notification({
    protocol: 'email-json',
    message: '{"Type":"Notification"}',
  });
  await office.enqueue(bare);
  office.notifier.start();
  await office.outcomes(1);
  const [header, body] = (server.received[0] ?? '').split('\r\n\r\n');
  assert.match(header ?? '', /^Subject: AWS Notification Message\r?$/m);
  assert.equal(body?.trim(), '{"Type":"Notification"}');
});

test('a subject cannot smuggle in a header', async (t) => {
  const server = await mailServer(t);
  const office = openPostOffice(t, smtpTransport(server.url));
  await office.enqueue(notification({ subject: 'Hello\r\nBcc: thief@example.com' }));
  office.notifier.start();
  await office.outcomes(1);
  assert.doesNotMatch((server.received[0] ?? '').split('\r\n\r\n')[0] ?? '', /^Bcc:/m);
});

test('a mail that the server puts off is sent again, each time later, until it is taken', async (t) => {
  let status: number | undefined = 450;
  const server = await mailServer(t, () => status);
  const office = openPostOffice(t, smtpTransport(server.url));
  await office.enqueue(notification());
  office.notifier.start();
  for (const seconds of [5, 10, 20]) {
    await office.outcomes(1);
    const waiting = await one(office);
    assert.equal(waiting.status, 'pending');
    assert.equal(waiting.dueAtMs - office.clock.now(), seconds * 1000);
    assert.match(waiting.lastError ?? '', /450|not today/);
    if (seconds === 20) status = undefined;
    office.clock.advance(seconds * 1000);
    office.notifier.wake(); // the timer may be set only in the next turn; being woken twice does no harm
  }
  await office.outcomes(1);
  assert.equal((await one(office)).status, 'delivered');
  assert.equal((await one(office)).attempts, 4);
  assert.equal(server.received.length, 1);
  assert.match(
    office.lines[0] ?? '',
    /to security@example\.com could not be sent: .*Next try in 5 seconds\.$/,
  );
});

test('a mail that is refused for good is dead, and holds up nobody', async (t) => {
  const server = await mailServer(t, (address) => (address.startsWith('gone') ? 550 : undefined));
  const office = openPostOffice(t, smtpTransport(server.url));
  await office.enqueue(
    notification({ id: 'a', endpoint: 'gone@example.com' }),
    notification({ id: 'b', endpoint: 'here@example.com' }),
  );
  office.notifier.start();
  await office.outcomes(2);
  const all = await office.store.listNotifications({ limit: 9 });
  assert.deepEqual(Object.fromEntries(all.map(({ id, status }) => [id, status])), {
    a: 'dead',
    b: 'delivered',
  });
  assert.match(all.find(({ id }) => id === 'a')?.lastError ?? '', /550|not today/);
  assert.match(office.lines.join('\n'), /to gone@example\.com was refused for good/);
});

test('a mail server that is not there is tried again', async (t) => {
  const office = openPostOffice(t, smtpTransport(`smtp://127.0.0.1:${await deadPort()}`));
  await office.enqueue(notification());
  office.notifier.start();
  await office.outcomes(1);
  const waiting = await one(office);
  assert.equal(waiting.status, 'pending');
  assert.match(waiting.lastError ?? '', /ECONNREFUSED/);
});

test('what an address of a mail server must look like is said without its password', () => {
  assert.throws(
    () => smtpTransport('http://user:geheim@example.com'),
    /^Error: http:\/\/…@example\.com is no SMTP/,
  );
  assert.throws(() => smtpTransport('example.com:25'), /is no SMTP address/);
});

test('delays grow to a quarter of an hour and no further', async (t) => {
  const failing: MailTransport = { send: () => Promise.reject(new Error('no')), close() {} };
  const office = openPostOffice(t, failing);
  await office.enqueue(notification());
  await office.store.updateNotification(notification().id, { attempts: 500 });
  office.notifier.start();
  await office.outcomes(1);
  const { dueAtMs } = await one(office);
  assert.equal(dueAtMs - office.clock.now(), 15 * 60_000);
});

test('many mails go out eight at a time, the oldest first', async (t) => {
  const started: string[] = [];
  const releases: (() => void)[] = [];
  const slow: MailTransport = {
    send: (mail) =>
      new Promise((resolve) => {
        started.push(mail.id);
        releases.push(() => resolve({}));
      }),
    close() {
      for (const release of releases) release();
    },
  };
  const office = openPostOffice(t, slow);
  const ids = Array.from({ length: 20 }, (_, index) => `n${String(index).padStart(2, '0')}`);
  await office.enqueue(...ids.map((id, index) => notification({ id, createdAtMs: 1000 + index })));
  office.notifier.start();
  while (started.length < 8) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(started, ids.slice(0, 8));
  releases[0]?.();
  await office.outcomes(1);
  while (started.length < 9) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(started, ids.slice(0, 9));
});

test('a mark that the disk refuses is made again, and the mail is not sent twice', async (t) => {
  let sent = 0;
  let refusals = 1;
  const counting: MailTransport = {
    async send() {
      sent += 1;
      return {};
    },
    close() {},
  };
  const refused = Promise.withResolvers<void>();
  const office: PostOffice = openPostOffice(t, counting, {
    async updateNotification(id, change) {
      if (refusals-- > 0) {
        refused.resolve();
        throw new Error('disk full');
      }
      await office.store.updateNotification(id, change);
    },
  });
  await office.enqueue(notification());
  office.notifier.start();
  await refused.promise;
  while (!office.clock.waits.includes(5000)) await new Promise((resolve) => setImmediate(resolve));
  office.notifier.wake();
  office.clock.advance(5000);
  await office.outcomes(1);
  assert.equal(sent, 1);
  assert.equal((await one(office)).status, 'delivered');
  assert.match(office.lines[0] ?? '', /could not be kept: disk full/);
});

test('a mail cut off by closing is left for the next start', async (t) => {
  const cut = Promise.withResolvers<never>();
  const started = Promise.withResolvers<void>();
  const hanging: MailTransport = {
    send() {
      started.resolve();
      return cut.promise;
    },
    close: () => cut.reject(new MailRefused('closed')),
  };
  const office = openPostOffice(t, hanging);
  await office.enqueue(notification());
  office.notifier.start();
  await started.promise;
  await office.notifier.close();
  const left = await one(office);
  assert.deepEqual([left.status, left.attempts], ['pending', 0]);
  office.notifier.wake();
  assert.deepEqual(office.clock.waits, []);
});

test('a queue’s message is tried again until it is taken or refused for good, and is no mail', async (t) => {
  const answers = [new Error('the disk is full'), undefined, new QueueRefused('It does not let SNS in.')];
  const sent: string[] = [];
  const office = openPostOffice(
    t,
    { send: () => Promise.reject(new Error('No mail was expected.')), close: () => {} },
    {},
    async ({ id }) => {
      sent.push(id);
      const answer = answers.shift();
      if (answer) throw answer;
    },
  );
  office.notifier.start();
  const endpoint = 'arn:aws:sqs:us-east-1:000000000000:Work';
  await office.enqueue(notification({ id: 'one', protocol: 'sqs', endpoint }));
  office.notifier.wake();
  await office.outcomes(1);
  office.clock.advance(5_000);
  await office.outcomes(1);
  await office.enqueue(notification({ id: 'two', protocol: 'sqs', endpoint }));
  office.notifier.wake();
  await office.outcomes(1);
  assert.deepEqual(sent, ['one', 'one', 'two']);
  const kept = await office.store.listNotifications({ protocols: ['sqs'], limit: 9 });
  assert.deepEqual(
    new Set(kept.map(({ id, status }) => `${id} ${status}`)),
    new Set(['one delivered', 'two dead']),
  );
  assert.deepEqual(await office.store.listNotifications({ protocols: ['email'], limit: 9 }), []);
  assert.match(
    office.lines.at(-1) ?? '',
    /^The message two to .* was refused for good: It does not let SNS in\.$/,
  );
});
