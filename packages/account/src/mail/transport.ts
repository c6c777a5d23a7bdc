import type { Mail } from './message.ts';

/** How a mail leaves this server. */
export interface MailTransport {
  /**
   * Sends one mail. A mail that was sent before may come again after a crash.
   * @returns `outboxFile`: the name of the file it lies in, when it went to a folder
   * @throws MailRefused when it will never be accepted; every other error means: again later
   */
  send(mail: Mail): Promise<{ outboxFile?: string }>;
  /** Ends what is under way, if it can; that may fail then. */
  close(): void;
}

/** The receiving server refused this very mail for good. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';
}
