import type { Command } from 'commander';
import type { Upcoming } from '@riposte/server';
import { CommandFailure } from '../failure.ts';
import type { CommandContext } from '../program.ts';
import { PAGE, wholeNumberOf } from '../number-option.ts';
import { formatTable } from '../table.ts';
import { oneLine, styled } from '../terminal.ts';
import { connect, type ConnectedOptions, printJson, withConnection } from './connected.ts';

interface Options extends ConnectedOptions {
  count: string;
}

export function registerSchedules(program: Command, context: CommandContext): void {
  withConnection(program.command('schedules'))
    .argument('[name]', 'a scheduled rule or a schedule (group/name or name): its next times alone')
    .description('list what runs by the clock, scheduled rules and schedules, and when it runs next')
    .option('--count <n>', 'how many next times of one, 1 to 1000', '10')
    .action(async (name: string | undefined, options: Options) => {
      const limit = wholeNumberOf('--count', options.count, PAGE);
      const server = await connect(context, options);
      const all = await server.get<Upcoming[]>('/api/schedules', { limit: String(limit) });
      const wanted = name === undefined ? all : all.filter((one) => isNamed(one, name));
      if (name !== undefined && wanted.length === 0)
        throw new CommandFailure(
          `Nothing that runs by the clock is named ${name}. There are: ${all.map((one) => one.name).join(', ') || '(none)'}.`,
        );
      if (options.json) return printJson(context, wanted);
      if (wanted.length === 0)
        return context.terminal.out(
          'Nothing runs by the clock yet: there are no scheduled rules and no schedules.',
        );
      if (name === undefined) return printList(context, wanted);
      for (const one of wanted) printTimes(context, one);
    });
}

function isNamed(one: Upcoming, name: string): boolean {
  return one.name === name || one.arn === name || (one.kind === 'schedule' && one.name.endsWith(`/${name}`));
}

function printList({ terminal }: CommandContext, all: readonly Upcoming[]): void {
  const rows = all.map((one) => [
    one.name,
    one.kind,
    stateOf(one),
    expressionOf(one),
    nextOf(one),
    markOf(one),
  ]);
  for (const line of formatTable(['NAME', 'KIND', 'STATE', 'EXPRESSION', 'NEXT', ''], rows))
    terminal.out(line);
}

function stateOf({ expression, isEnabled }: Upcoming): string {
  if (expression === undefined) return '–';
  return isEnabled ? 'enabled' : 'disabled';
}

/** A rehearsal put it: what it does is marked too. */
function markOf({ simulated }: Upcoming): string {
  return simulated ? 'SIMULATED' : '';
}

function expressionOf({ expression, timeZone }: Upcoming): string {
  if (expression === undefined) return '–';
  return timeZone === 'UTC' ? expression : `${expression} ${timeZone}`;
}

function nextOf({ nextMs: [next], unreadable, isPast }: Upcoming): string {
  if (unreadable !== undefined) return 'cannot be read';
  if (isPast) return 'no time is left';
  return next === undefined ? '–' : new Date(next).toISOString();
}

/** In UTC, and as the clock on the wall shows it where the schedule goes by one. */
function printTimes({ terminal }: CommandContext, one: Upcoming): void {
  const { expression } = one;
  const zone = expression === undefined ? '' : ` ${oneLine(one.timeZone)}`;
  const mark = one.simulated ? `  ${styled(terminal, 'yellow', markOf(one))}` : '';
  terminal.out(`${oneLine(one.name)}  ${oneLine(expression ?? '–')}${zone}  ${stateOf(one)}${mark}`);
  for (const arn of one.targetArns) terminal.out(`  → ${oneLine(arn)}`);
  if (one.unreadable !== undefined) {
    const what = expression === undefined ? 'what is stored of it' : 'its expression';
    terminal.out(
      `  It does not run until it is changed: ${what} cannot be read (${oneLine(one.unreadable)}).`,
    );
  } else if (one.isInClockGap)
    terminal.out(
      `  It never runs: this local time does not exist in ${oneLine(one.timeZone)}, where clocks are put forward over it.`,
    );
  else if (one.isPast) terminal.out('  It does not run again: it is enabled, but no time is left to it.');
  else if (!one.isEnabled) terminal.out('  It does not run while it is disabled.');
  else if (one.nextMs.length === 0) terminal.out('  It runs once more, before its flexible window closes.');
  for (const at of one.nextMs) {
    const wall = one.timeZone === 'UTC' ? '' : `   ${onTheWall(at, one.timeZone)}`;
    terminal.out(`  ${new Date(at).toISOString()}${wall}`);
  }
}

function onTheWall(atMs: number, timeZone: string): string {
  return new Date(atMs).toLocaleString('en-GB', {
    timeZone,
    timeZoneName: 'short',
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
}
