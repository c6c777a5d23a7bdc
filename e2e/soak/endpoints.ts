import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Dice } from '@riposte/testkit';
import type { Downtime } from './killed-server.ts';
import { handedEvent, type Ledger, POISONS } from './ledger.ts';

/** How often the endpoint answers in which way. `never` outlasts the server's patience. */
const ANSWERS = { ok: 60, error: 15, drop: 10, busy: 5, refuse: 5, never: 5 };

/** The HTTP side of the soak: the endpoint of API destinations, and where the function reports to. */
export class Endpoints {
  /** What the endpoint did, by kind of answer. */
  readonly answered = new Map<string, number>();
  /** When nobody listened: an answer on its way may have been lost. */
  readonly downtimes: Downtime[] = [];
  readonly #ledger: Ledger;
  readonly #dice: Dice;
  readonly #reports: Server;
  #endpoint: Server;
  #port = 0;
  /** While the soak settles, the endpoint takes everything. */
  isKind = false;

  constructor(ledger: Ledger, dice: Dice) {
    this.#ledger = ledger;
    this.#dice = dice;
    this.#reports = createServer((request, response) => void this.#report(request, response));
    this.#endpoint = this.#newEndpoint();
  }

  async listen(): Promise<{ endpoint: string; reports: string }> {
    await opened(this.#reports, 0);
    this.#port = await opened(this.#endpoint, 0);
    return {
      endpoint: `http://127.0.0.1:${this.#port}`,
      reports: `http://127.0.0.1:${(this.#reports.address() as AddressInfo).port}/`, // of a listening TCP server
    };
  }

  /** Nobody listens any more: connections are refused. */
  async down(): Promise<void> {
    this.downtimes.push({ fromMs: Date.now(), untilMs: Number.POSITIVE_INFINITY });
    await closed(this.#endpoint);
  }

  async up(): Promise<void> {
    this.#endpoint = this.#newEndpoint();
    await opened(this.#endpoint, this.#port);
    const last = this.downtimes.at(-1);
    if (last) last.untilMs = Date.now();
  }

  async close(): Promise<void> {
    await Promise.all([closed(this.#endpoint), closed(this.#reports)]);
  }

  #newEndpoint(): Server {
    return createServer((request, response) => void this.#answer(request, response));
  }

  async #report(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    if (body !== undefined) this.#ledger.saw('function', handedEvent(body), `${process.hrtime.bigint()}`);
    response.end();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    if (body === undefined) return;
    const event = handedEvent(body);
    const poison = POISONS.find((kind) => request.url === `/${kind}`);
    this.#ledger.handed(poison ?? 'http', event);
    if (poison !== undefined) return; // no answer, ever
    const answer = this.isKind ? 'ok' : this.#dice.weighted(ANSWERS);
    this.answered.set(answer, (this.answered.get(answer) ?? 0) + 1);
    if (answer === 'never') return;
    if (answer === 'drop') request.socket.destroy();
    else if (answer === 'error') response.writeHead(500).end();
    else if (answer === 'busy') response.writeHead(429, { 'Retry-After': '1' }).end();
    else if (answer === 'refuse') response.writeHead(400).end();
    else {
      this.#ledger.saw('http', event, `${process.hrtime.bigint()}`);
      response.writeHead(200).end();
    }
  }
}

/** @returns undefined when the server died over it */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  try {
    return Buffer.concat((await request.toArray()) as Buffer[]).toString();
  } catch {
    return undefined;
  }
}

function opened(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)); // it listens on TCP
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
