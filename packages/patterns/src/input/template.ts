import { utf8Length } from '@riposte/json';
import { parseJsonPath, resolveJsonPath } from './json-path.ts';
import { INPUT_BYTES_MAX, InputTooLarge, UndeliverableInput } from './undeliverable-input.ts';

/** What a template can say about its rule. */
export interface RuleInfo {
  ruleArn: string;
  ruleName: string;
  /** `YYYY-MM-DDTHH:MM:SSZ` */
  ingestionTime: string;
}

export interface InputTransformer {
  InputPathsMap?: Record<string, string>;
  InputTemplate: string;
}

const PLACEHOLDER = /<([A-Za-z0-9_.-]+)>/g;
const RESERVED = new Set([
  'aws.events.rule-arn',
  'aws.events.rule-name',
  'aws.events.event.ingestion-time',
  'aws.events.event',
  'aws.events.event.json',
]);

/** @returns the first placeholder that is neither in the map nor one of the service's own, if any */
export function unknownPlaceholder(transformer: InputTransformer): string | undefined {
  for (const [, name = ''] of transformer.InputTemplate.matchAll(PLACEHOLDER))
    if (!RESERVED.has(name) && !Object.hasOwn(transformer.InputPathsMap ?? {}, name)) return name;
  return undefined;
}

/**
 * A template of text begins with a quote and may have several quoted lines; any other is a template of JSON.
 * What it becomes is counted while it is filled, so that one which repeats a large value costs no more than the limit.
 * @throws InputTooLarge, UndeliverableInput
 */
export function fillTemplate(transformer: InputTransformer, event: unknown, rule: RuleInfo): string {
  const values = variableValues(transformer, event, rule);
  const template = transformer.InputTemplate;
  const isText = template.trimStart().startsWith('"');
  const written = new Map<string, WrittenValue>();
  const writtenAs = (name: string, form: 'text' | 'json'): WrittenValue => {
    const known = written.get(form + name);
    if (known) return known;
    const value = values.get(name);
    const text = form === 'text' ? rawText(value, isText) : stringOf(value);
    const fresh = { text, bytes: utf8Length(text) };
    written.set(form + name, fresh);
    return fresh;
  };
  const quotes = new Quotes(template);
  let filled = '';
  let from = 0;
  let bytes = 0;
  for (const match of template.matchAll(PLACEHOLDER)) {
    const name = match[1] ?? '';
    if (!values.has(name)) continue;
    const value = writtenAs(name, quotes.openAt(match.index) ? 'text' : 'json');
    const before = template.slice(from, match.index);
    bytes += utf8Length(before) + value.bytes;
    if (bytes > INPUT_BYTES_MAX) throw new InputTooLarge();
    filled += before + value.text;
    from = match.index + match[0].length;
  }
  const after = template.slice(from);
  if (bytes + utf8Length(after) > INPUT_BYTES_MAX) throw new InputTooLarge();
  filled += after;
  assertDeliverable(filled, isText);
  return filled;
}

/** A value as it stands in the filled template; written once, however often it stands there. */
interface WrittenValue {
  text: string;
  /** In UTF-8. */
  bytes: number;
}

function variableValues(
  transformer: InputTransformer,
  event: unknown,
  rule: RuleInfo,
): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>([
    ['aws.events.rule-arn', rule.ruleArn],
    ['aws.events.rule-name', rule.ruleName],
    ['aws.events.event.ingestion-time', rule.ingestionTime],
    ['aws.events.event', withoutDetail(event, rule)],
    ['aws.events.event.json', event],
  ]);
  for (const [name, path] of Object.entries(transformer.InputPathsMap ?? {})) {
    const steps = parseJsonPath(path);
    values.set(name, steps && resolveJsonPath(event, steps));
  }
  return values;
}

/** `<aws.events.event>`: the event without its detail, under the names the service gives its members there. */
function withoutDetail(event: unknown, rule: RuleInfo): Record<string, unknown> {
  const { detail: _detail, 'detail-type': detailType, ...rest } = event as Record<string, unknown>; // an envelope
  return { ...rest, detailType, time: rule.ingestionTime };
}

/** Whether places of a template are inside quotes; asked for in their order, the template is read once. */
class Quotes {
  readonly #template: string;
  #at = 0;
  #open = false;

  constructor(template: string) {
    this.#template = template;
  }

  openAt(index: number): boolean {
    for (; this.#at < index; this.#at += 1) {
      if (this.#template[this.#at] === '\\') this.#at += 1;
      else if (this.#template[this.#at] === '"') this.#open = !this.#open;
    }
    return this.#open;
  }
}

function stringOf(value: unknown): string {
  return JSON.stringify(value === undefined ? '' : value);
}

/**
 * The text of a value inside quotes. Nothing is escaped. Recorded: inside a template of text, lists and objects lose
 * their quotes (`{id:abc}`); inside JSON they keep them, which breaks the JSON and the event is not delivered.
 */
function rawText(value: unknown, isText: boolean): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  const json = JSON.stringify(value);
  return isText ? json.replaceAll('"', '') : json;
}

function assertDeliverable(filled: string, isText: boolean): void {
  if (isText) return;
  try {
    JSON.parse(filled);
  } catch (error) {
    throw new UndeliverableInput(
      `InputTemplate gives no JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
