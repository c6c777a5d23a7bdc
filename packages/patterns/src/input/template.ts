import { parseJsonPath, resolveJsonPath } from './json-path.ts';
import { UndeliverableInput } from './undeliverable-input.ts';

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

/** A template of text begins with a quote and may have several quoted lines; any other is a template of JSON. */
export function fillTemplate(transformer: InputTransformer, event: unknown, rule: RuleInfo): string {
  const values = variableValues(transformer, event, rule);
  const template = transformer.InputTemplate;
  const isText = template.trimStart().startsWith('"');
  let filled = '';
  let from = 0;
  for (const match of template.matchAll(PLACEHOLDER)) {
    const name = match[1] ?? '';
    if (!values.has(name)) continue;
    const value = values.get(name);
    filled += template.slice(from, match.index);
    filled += insideQuotes(template, match.index)
      ? rawText(value, isText)
      : JSON.stringify(value === undefined ? '' : value);
    from = match.index + match[0].length;
  }
  filled += template.slice(from);
  assertDeliverable(filled, isText);
  return filled;
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

function insideQuotes(template: string, index: number): boolean {
  let inside = false;
  for (let at = 0; at < index; at += 1) {
    if (template[at] === '\\') at += 1;
    else if (template[at] === '"') inside = !inside;
  }
  return inside;
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
