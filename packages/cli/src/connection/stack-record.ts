import type { KeptStack, StackChange } from '@riposte/server';
import type { StackRecord } from '@riposte/templates';
import { CommandFailure } from '../failure.ts';
import type { ServerConnection } from './server-connection.ts';

export function listStacks(server: ServerConnection): Promise<KeptStack<StackRecord>[]> {
  return server.get<KeptStack<StackRecord>[]>('/api/stacks');
}

/**
 * @param region absent: the name must be in one region only
 * @throws CommandFailure when it names none, or several
 */
export async function findStack(
  server: ServerConnection,
  name: string,
  region: string | undefined,
): Promise<KeptStack<StackRecord>> {
  const found = (await listStacks(server)).filter(
    ({ record }) => record.name === name && (region === undefined || record.region === region),
  );
  const [first] = found;
  if (found.length > 1)
    throw new CommandFailure(
      `There are stacks named ${name} in ${found.map(({ record }) => record.region).join(' and ')}. Say which with --region.`,
    );
  if (first) return first;
  const where = region === undefined ? '' : ` in ${region}`;
  throw new CommandFailure(`There is no stack named ${name}${where}. riposte stacks lists those there are.`);
}

/** A stack's record on the server, which refuses a change that does not build on the last one. */
export class KeptStackRecord {
  readonly #server: ServerConnection;
  readonly #path: string;
  #revision: number;

  /** @param revision the one that was read; 0: there was no record */
  constructor(
    server: ServerConnection,
    { name, region }: { name: string; region: string },
    revision: number,
  ) {
    this.#server = server;
    this.#path = `/api/stacks/${encodeURIComponent(region)}/${encodeURIComponent(name)}`;
    this.#revision = revision;
  }

  /** @throws CommandFailure when somebody else has changed it in the meantime */
  async save(record: StackRecord): Promise<void> {
    const change: StackChange<StackRecord> = { revision: this.#revision, record };
    this.#revision = (await this.#server.put<{ revision: number }>(this.#path, change)).revision;
  }

  /** @throws CommandFailure as `save` */
  async delete(): Promise<void> {
    await this.#server.delete(this.#path, { revision: String(this.#revision) });
  }
}
