import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { compilePattern, explain, InvalidPattern, type Explanation } from '@riposte/patterns';
import type { ExplainedEvent, ExplainRequest } from '@riposte/server';
import { CommandFailure } from '../failure.ts';
import type { CommandContext } from '../program.ts';
import { oneLine, styled } from '../terminal.ts';
import { connect, type ConnectedOptions, printJson, withConnection } from './connected.ts';
import { readEvent } from './send.ts';

interface Options extends ConnectedOptions {
  bus?: string;
  rule?: string;
  pattern?: string;
}

export function registerExplain(program: Command, context: CommandContext): void {
  withConnection(program.command('explain'))
    .argument('<event>', 'a file with an event envelope, - for standard input, or the id of a stored event')
    .description(
      'say for each rule why it matches an event, or which field decides against it; nothing is sent',
    )
    .option('--bus <name>', 'the event bus (default: that of the stored event, else default)')
    .option('--rule <name>', 'this rule alone; the exit code is 1 when it does not match')
    .option(
      '--pattern <file>',
      'a pattern instead of rules; with an event from a file this needs no server; the exit code is 1 when it does not match',
    )
    .action(async (wanted: string, options: Options) => {
      if (options.pattern !== undefined && options.rule !== undefined)
        throw new CommandFailure('Give --rule or --pattern, not both.');
      return options.pattern === undefined
        ? explainRules(context, wanted, options)
        : explainPattern(context, wanted, options.pattern, options);
    });
}

async function explainRules(context: CommandContext, wanted: string, options: Options): Promise<void> {
  const explained = await askServer(context, wanted, options);
  const { rule } = options;
  const rules = explained.rules.filter(({ ruleName }) => rule === undefined || ruleName === rule);
  if (rule !== undefined && rules.length === 0)
    throw new CommandFailure(
      `There is no rule ${rule} on the bus ${explained.eventBusName}. There are: ${explained.rules.map(({ ruleName }) => ruleName).join(', ') || '(none)'}.`,
    );
  if (rule !== undefined && !rules[0]?.matched) context.fail(1);
  if (options.json) return printJson(context, { ...explained, rules });
  if (rules.length === 0)
    return context.terminal.out(`There are no rules on the bus ${explained.eventBusName}.`);
  for (const { ruleName, matched, explanation } of rules)
    printLine(context, `rule ${ruleName}`, matched, explanation);
}

async function explainPattern(
  context: CommandContext,
  wanted: string,
  patternFile: string,
  options: Options,
): Promise<void> {
  const pattern = await readPattern(patternFile);
  const event = isFile(wanted) ? await readEvent(wanted) : (await askServer(context, wanted, options)).event;
  const explanation: Explanation = explain(pattern, event);
  if (!explanation.matched) context.fail(1);
  if (options.json) return printJson(context, explanation);
  printLine(context, oneLine(patternFile), explanation.matched, explanation.sentence);
}

async function askServer(context: CommandContext, wanted: string, options: Options): Promise<ExplainedEvent> {
  const server = await connect(context, options);
  const request: ExplainRequest = {
    ...(isFile(wanted) ? { event: await readEvent(wanted) } : { eventId: wanted }),
    ...(options.bus !== undefined && { eventBusName: options.bus }),
  };
  return server.post<ExplainedEvent>('/api/explain', request);
}

const EVENT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @throws CommandFailure for what can be neither */
function isFile(wanted: string): boolean {
  if (wanted === '-' || existsSync(wanted)) return true;
  if (EVENT_ID.test(wanted)) return false;
  throw new CommandFailure(
    `${wanted} is neither a file nor the id of an event: riposte events lists those that are stored.`,
  );
}

async function readPattern(file: string): Promise<ReturnType<typeof compilePattern>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandFailure(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  try {
    return compilePattern(text);
  } catch (error) {
    if (!(error instanceof InvalidPattern)) throw error;
    throw new CommandFailure(`${file}: Event pattern is not valid. Reason: ${error.message}`, {
      cause: error,
    });
  }
}

function printLine({ terminal }: CommandContext, what: string, matched: boolean, sentence: string): void {
  const mark = matched ? styled(terminal, 'green', '✓') : styled(terminal, 'dim', '–');
  terminal.out(`${mark} ${what} ${matched ? 'matches' : 'does not match'}: ${oneLine(sentence)}`);
}
