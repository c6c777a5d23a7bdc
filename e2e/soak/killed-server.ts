import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServerConnection, SdkAwsClient } from '@riposte/cli';
import { RunningServer } from '../running-server.ts';

const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
const AGAIN_MS = 100;

/** From a death until the server was there again, milliseconds since the epoch. */
export interface Downtime {
  fromMs: number;
  untilMs: number;
}

/** A server that is killed and comes back on the same data folder, at another address. */
export class KilledServer {
  readonly dataFolder = mkdtempSync(join(tmpdir(), 'riposte-soak-'));
  readonly downtimes: Downtime[] = [];
  #running: RunningServer | undefined;
  #isOver = false;
  #aws: SdkAwsClient | undefined;

  async start(): Promise<void> {
    this.#running = await RunningServer.start({
      dataFolder: this.dataFolder,
      arguments: ['--people-port', '0'],
    });
    const last = this.downtimes.at(-1);
    if (last) last.untilMs = Date.now();
    this.#aws = new SdkAwsClient({
      endpoint: this.#running.url,
      region: 'us-east-1',
      credentials: CREDENTIALS,
    });
  }

  /** Where it is now; where it was, while it is down. */
  get url(): string {
    return this.#running?.url ?? 'http://127.0.0.1:1';
  }

  async kill(): Promise<void> {
    this.downtimes.push({ fromMs: Date.now(), untilMs: Number.POSITIVE_INFINITY });
    await this.#running?.kill();
    this.#aws?.close();
  }

  /** Ends it in good order, so that its file can be read. */
  async stop(): Promise<void> {
    this.#isOver = true;
    this.#aws?.close();
    await this.#running?.terminate();
  }

  remove(): void {
    rmSync(this.dataFolder, { recursive: true, force: true });
  }

  /**
   * A call that is made until it is answered, however often the server dies over it.
   * @param fine  errors that say that an attempt before has done it already
   */
  async call(
    service: string,
    operation: string,
    input: object,
    ...fine: string[]
  ): Promise<Record<string, unknown>> {
    for (;;)
      try {
        return (await this.#aws?.call(service, operation, input)) ?? {};
      } catch (error) {
        const { name = '', $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
        if (fine.some((code) => name.includes(code))) return {};
        if ($metadata?.httpStatusCode !== undefined && $metadata.httpStatusCode < 500) throw error;
        if (this.#isOver) throw new Error('The soak is over; nobody answers any more.', { cause: error });
        await sleep(AGAIN_MS);
      }
  }

  /** Whether the server itself knows of a delivery that has not ended. */
  async hasPending(): Promise<boolean> {
    const connection = await ServerConnection.open({ endpoint: this.url, environment: {} });
    let before: string | undefined;
    do {
      const page = await connection.get<{ events: object[]; before?: string }>('/api/events', {
        status: 'pending',
        limit: '1',
        before,
      });
      if (page.events.length > 0) return true;
      before = page.before;
    } while (before !== undefined);
    return false;
  }
}
