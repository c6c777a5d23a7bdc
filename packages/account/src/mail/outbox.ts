import { constants } from 'node:fs';
import { access, mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mail } from './message.ts';
import type { MailTransport } from './transport.ts';

/**
 * Writes mails as `.eml` files, which every mail program opens. A file appears whole or not at all, and its name
 * comes from the notification: sending again changes nothing. What was sent is on disk, for its owner alone to read.
 * @param folder made when it is missing
 */
export function outboxTransport(folder: string): MailTransport {
  return {
    async send(mail) {
      const outboxFile = `${mail.id}.eml`;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      if (!(await exists(join(folder, outboxFile))))
        await writeWhole(folder, outboxFile, await encoded(mail));
      return { outboxFile };
    },
    close() {},
  };
}

async function encoded({ id: _id, ...mail }: Mail): Promise<Uint8Array> {
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    streamTransport: true,
    buffer: true,
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const { message } = await transport.sendMail(mail);
  if (!Buffer.isBuffer(message)) throw new Error('The mail was not encoded as a buffer.');
  return message;
}

async function writeWhole(folder: string, name: string, content: Uint8Array): Promise<void> {
  // only this server writes here, and one mail at a time, so a file left behind by a crash is written over
  const draft = join(folder, `.${name}.tmp`);
  const file = await open(draft, 'w', 0o600);
  try {
    await file.chmod(0o600); // the one left behind may have another mode
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, join(folder, name));
  await syncFolder(folder);
}

/** Brings the names in a folder to disk: a file that was renamed could have its old one after loss of power. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}
