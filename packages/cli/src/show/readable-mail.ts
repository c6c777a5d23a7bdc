import PostalMime from 'postal-mime';
import type { MailSummary } from '@riposte/server';
import { printable } from '../terminal.ts';

const SHOWN = ['from', 'to', 'subject', 'date', 'message-id', 'x-riposte-simulated'];

/** A mail as a mail program would show it: decoded, with the headers that matter to people. */
export async function readableMail(mail: MailSummary): Promise<string> {
  if (mail.eml === undefined)
    return printable(`To: ${mail.endpoint}\nSubject: ${mail.subject}\n\n${mail.message}`);
  const parsed = await PostalMime.parse(mail.eml);
  const headers = SHOWN.flatMap((key) => {
    const header = parsed.headers.find((candidate) => candidate.key === key);
    return header ? [`${header.originalKey}: ${header.value}`] : [];
  });
  return printable([...headers, '', (parsed.text ?? '').replaceAll('\r\n', '\n').trimEnd()].join('\n'));
}
