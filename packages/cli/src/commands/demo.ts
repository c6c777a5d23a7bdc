import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { type RunningServer, startServer } from '@riposte/server';
import { playStory } from '../demo/story.ts';
import type { CommandContext } from '../program.ts';
import { printJson } from './connected.ts';
import {
  configure,
  printAddresses,
  type ServerOptions,
  untilInterrupted,
  withServerOptions,
} from './start.ts';

export interface DemoOptions extends ServerOptions {
  fail?: boolean;
  keys: number;
  exit?: boolean;
}

export function registerDemo(program: Command, context: CommandContext): void {
  withServerOptions(program.command('demo'))
    .description(
      'play the main story: an exposed access key is taken out of service and the security team told',
    )
    .option(
      '--fail',
      'the second story: containment is forbidden, and the team is told that the key is STILL ACTIVE',
    )
    .option('--keys <n>', 'how many keys the event names: 1 or 2', keyCount, 1)
    .option('--json', 'print only what came of it, as JSON, and end')
    .option('--exit', 'end when the story is told, also on a terminal')
    .action(async (options: DemoOptions) => {
      const { terminal } = context;
      const ownFolder =
        options.data === undefined ? await mkdtemp(join(tmpdir(), 'riposte-demo-')) : undefined;
      const server = await startSomewhere({ ...options, data: options.data ?? ownFolder ?? '' }, context);
      try {
        const told = options.json ? { ...context, terminal: { ...terminal, out: () => {} } } : context;
        printAddresses(told, server);
        const story = await playStory(told, server, options);
        if (options.json) printJson(context, { server: server.describe(), ...story });
        if (!story.proofs.every((proof) => proof.holds)) context.fail(1);
        const stay = terminal.isInteractive && options.exit !== true && !options.json;
        if (stay) {
          const interrupted = untilInterrupted();
          terminal.out('The server stays up until Ctrl-C.');
          await interrupted;
        }
      } finally {
        await server.close();
        if (ownFolder !== undefined) await rm(ownFolder, { recursive: true, force: true });
      }
    });
}

function keyCount(text: string): number {
  if (text !== '1' && text !== '2') throw new InvalidArgumentError('a user has one or two keys.');
  return Number(text);
}

/** The usual ports, or free ones when they are taken and nobody asked for them. */
async function startSomewhere(options: ServerOptions, { terminal }: CommandContext): Promise<RunningServer> {
  const report = (line: string) => terminal.err(line);
  try {
    return await startServer(configure(options), report);
  } catch (error) {
    const isTaken =
      error instanceof Error && error.name === 'ConfigurationError' && error.message.includes('is taken');
    if (!isTaken || options.port !== undefined || options.peoplePort !== undefined) throw error;
    return startServer(configure({ ...options, port: '0' }), report);
  }
}
