import type { Mail } from './message.ts';
import { MailRefused, type MailTransport } from './transport.ts';

/** The library's own timeouts are minutes; a server that says nothing must not hold a place for that long. */
const TIMEOUTS = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 15_000 };
/** A server that answers a little at a time runs into none of those. */
const MAIL_TIMEOUT_MS = 60_000;

/**
 * Sends over SMTP, with a few connections that are kept.
 * @param url `smtp://[user:password@]host[:port]` (with STARTTLS where offered) or `smtps://…`
 * @throws Error when the URL is none of these
 */
export function smtpTransport(url: string): MailTransport {
  const settings = smtpSettings(url);
  let opening: Promise<SmtpPool> | undefined;
  return {
    async send(mail) {
      opening ??= openPool(settings);
      const pool = await opening;
      await pool.send(mail);
      return {};
    },
    close() {
      void opening?.then((pool) => pool.close());
    },
  };
}

interface SmtpSettings {
  host: string;
  port: number;
  secure: boolean;
  auth?: { user: string; pass: string };
}

interface SmtpPool {
  send(mail: Mail): Promise<void>;
  close(): void;
}

function smtpSettings(text: string): SmtpSettings {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url?.hostname || (url.protocol !== 'smtp:' && url.protocol !== 'smtps:'))
    throw new Error(
      `${withoutPassword(text)} is no SMTP address. Write smtp://host:port, smtp://user:password@host:port or smtps://….`,
    );
  const secure = url.protocol === 'smtps:';
  return {
    // a literal IPv6 address stands in brackets in a URL, and without them in a connection
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    ...(url.username !== '' && {
      auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    }),
  };
}

async function openPool(settings: SmtpSettings): Promise<SmtpPool> {
  // 84 ms to import, and most servers never send over SMTP
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    ...settings,
    ...TIMEOUTS,
    pool: true,
    maxConnections: 4,
    // the notifier tries again, and keeps count of it on disk
    maxRequeues: 0,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ id: _id, ...mail }) {
      try {
        await transport.sendMail({ ...mail, signal: AbortSignal.timeout(MAIL_TIMEOUT_MS) });
      } catch (error) {
        throw refusedForGood(error) ? new MailRefused(textOf(error), { cause: error }) : error;
      }
    },
    close: () => transport.close({ force: true }),
  };
}

/**
 * 5xx is for good only where it speaks of the mail: sender, receiver or content. Refused credentials or a refused
 * connection are for whoever runs the two servers to mend, and the mail waits for that.
 */
function refusedForGood(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, responseCode } = error as Error & { code?: string; responseCode?: number };
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode !== undefined && responseCode >= 500;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function withoutPassword(text: string): string {
  return text.replace(/\/\/[^@/]*@/, '//…@');
}
