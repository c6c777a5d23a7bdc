import type { Command } from 'commander';
import type { MailSummary } from '@riposte/server';
import { CommandFailure } from '../failure.ts';
import type { CommandContext } from '../program.ts';
import { PAGE, wholeNumberOf } from '../number-option.ts';
import { readableMail } from '../show/readable-mail.ts';
import { formatTable } from '../table.ts';
import { connect, type ConnectedOptions, printJson, withConnection } from './connected.ts';

interface Options extends ConnectedOptions {
  limit: string;
}

export function registerMail(program: Command, context: CommandContext): void {
  withConnection(program.command('mail'))
    .argument('[id]', 'show this mail whole (its id, or the beginning of it)')
    .description('list the mails to people, or show one as delivered')
    .option('--limit <n>', 'at most this many', '50')
    .action(async (id: string | undefined, options: Options) => {
      const limit = wholeNumberOf('--limit', options.limit, PAGE);
      const server = await connect(context, options);
      const mails = await server.get<MailSummary[]>('/api/mail', {
        limit: String(id === undefined ? limit : PAGE.max),
      });
      if (id !== undefined) return await showMail(context, mails, id, options);
      if (options.json) return printJson(context, mails);
      if (mails.length === 0) return context.terminal.out('No mail yet.');
      const rows = mails.map((mail) => [
        mail.id.slice(0, 12),
        new Date(mail.createdAtMs).toISOString(),
        mail.status +
          (mail.lastError === undefined || mail.status === 'delivered' ? '' : ` (${mail.lastError})`),
        mail.endpoint,
        mail.subject,
      ]);
      for (const line of formatTable(['ID', 'WRITTEN', 'STATUS', 'TO', 'SUBJECT'], rows))
        context.terminal.out(line);
    });
}

async function showMail(
  context: CommandContext,
  mails: MailSummary[],
  id: string,
  options: Options,
): Promise<void> {
  const mail = mails.find((candidate) => candidate.id.startsWith(id));
  if (!mail) throw new CommandFailure(`There is no mail '${id}'. riposte mail lists those there are.`);
  if (options.json) return printJson(context, mail);
  context.terminal.out(await readableMail(mail));
}
