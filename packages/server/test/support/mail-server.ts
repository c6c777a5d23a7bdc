import { createServer, type AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A real SMTP server that keeps what it takes. */
export class MailServer {
  readonly #server: SMTPServer;
  readonly #mails: string[] = [];

  private constructor(refuse: string | undefined) {
    this.#server = new SMTPServer({
      authOptional: true,
      closeTimeout: 1, // senders keep their connections
      disabledCommands: ['STARTTLS', 'AUTH'],
      onRcptTo: ({ address }, _session, done) => {
        if (address === refuse) done(Object.assign(new Error('No such mailbox here'), { responseCode: 550 }));
        else done();
      },
      onData: (stream, _session, done) => {
        stream.setEncoding('utf8');
        let mail = '';
        stream.on('data', (chunk: string) => (mail += chunk));
        stream.on('end', () => {
          this.#mails.push(mail);
          done();
        });
      },
    });
  }

  static async listen(port: number, { refuse }: { refuse?: string } = {}): Promise<MailServer> {
    const opened = new MailServer(refuse);
    await new Promise<void>((listening) => opened.#server.listen(port, '127.0.0.1', listening));
    return opened;
  }

  get subjects(): string[] {
    return this.#headers('Subject');
  }

  get messageIds(): string[] {
    return this.#headers('Message-ID');
  }

  close(): Promise<void> {
    return new Promise((closed) => this.#server.close(() => closed()));
  }

  #headers(name: string): string[] {
    return this.#mails.map((mail) => new RegExp(`^${name}: (.*)$`, 'im').exec(mail)?.[1]?.trim() ?? '');
  }
}

/** A port on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo; // listening on TCP
  await new Promise((closed) => server.close(closed));
  return port;
}
