import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { mailSubject, type AccountStore, type Notification } from '@riposte/account';
import type { MailSummary } from './shapes.ts';

/** Newest first, each with the mail as written where it went to the outbox folder. */
export async function listMail(
  store: AccountStore,
  outboxFolder: string,
  filter: { executionArn?: string; limit: number },
): Promise<MailSummary[]> {
  const protocols = ['email', 'email-json'];
  const notifications = await store.listNotifications({ ...filter, protocols });
  return Promise.all(notifications.map((notification) => withText(notification, outboxFolder)));
}

async function withText(notification: Notification, outboxFolder: string): Promise<MailSummary> {
  const mail = { ...notification, subject: mailSubject(notification) };
  if (notification.outboxFile === undefined) return mail;
  // The name comes from our own store; basename keeps it in its folder all the same.
  const eml = await readFile(join(outboxFolder, basename(notification.outboxFile)), 'utf8').catch(
    () => undefined,
  );
  return { ...mail, ...(eml !== undefined && { eml }) };
}
