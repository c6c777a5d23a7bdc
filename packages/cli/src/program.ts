import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { registerBacktest } from './commands/backtest.ts';
import { registerCalls } from './commands/calls.ts';
import { registerConnect } from './commands/connect.ts';
import { registerDemo } from './commands/demo.ts';
import { registerDown } from './commands/down.ts';
import { registerEvents } from './commands/events.ts';
import { registerExecutions } from './commands/executions.ts';
import { registerExplain } from './commands/explain.ts';
import { registerGraph } from './commands/graph.ts';
import { registerLogs } from './commands/logs.ts';
import { registerMail } from './commands/mail.ts';
import { registerReplay } from './commands/replay.ts';
import { registerSchedules } from './commands/schedules.ts';
import { registerSend } from './commands/send.ts';
import { registerShow } from './commands/show.ts';
import { registerSimulate } from './commands/simulate.ts';
import { registerSources } from './commands/sources.ts';
import { registerStacks } from './commands/stacks.ts';
import { registerStart } from './commands/start.ts';
import { registerTest } from './commands/test.ts';
import { registerUp } from './commands/up.ts';
import { CommandFailure } from './failure.ts';
import { printable, styled, type Terminal } from './terminal.ts';

/** What a command may use of the world. */
export interface Surroundings {
  terminal: Terminal;
  environment: Record<string, string | undefined>;
}

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Exit codes: 0 done; 1 it failed, said on standard error; 2 the command line was wrong. */
export async function runCommand(words: readonly string[], surroundings: Surroundings): Promise<number> {
  const { terminal } = surroundings;
  let exitCode = 0;
  const program = new Command('riposte')
    .description('Automated IT operations: events, rules, state machines and functions in AWS’s own formats.')
    .version(manifest.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    })
    .showHelpAfterError('(add --help for what it takes)');
  const context: CommandContext = { ...surroundings, fail: (code) => (exitCode = code) };
  for (const register of REGISTRATIONS) register(program, context);
  try {
    await program.parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    terminal.err(styled(terminal, 'red', 'riposte: ') + printable(describe(error)));
    return error instanceof CommandFailure ? error.exitCode : 1;
  }
}

/** Surroundings, and a way to end with a code other than 0 without an exception. */
export interface CommandContext extends Surroundings {
  fail(exitCode: number): void;
}

const REGISTRATIONS = [
  registerDemo,
  registerStart,
  registerUp,
  registerDown,
  registerStacks,
  registerConnect,
  registerSources,
  registerSimulate,
  registerSend,
  registerExplain,
  registerSchedules,
  registerEvents,
  registerReplay,
  registerBacktest,
  registerExecutions,
  registerShow,
  registerCalls,
  registerLogs,
  registerMail,
  registerGraph,
  registerTest,
];

const OUR_MISTAKES = new Set(['Error', 'TypeError', 'RangeError', 'ReferenceError', 'SyntaxError']);

function describe(error: unknown): string {
  if (error instanceof CommandFailure) return error.message;
  if (!(error instanceof Error)) return String(error);
  // An error with a name of its own is meant for people; the language's own are our mistakes.
  return OUR_MISTAKES.has(error.name) ? (error.stack ?? error.message) : error.message;
}
