/** awsQuery requests: a form whose keys spell out the path to each value, e.g. `Tags.member.1.Key=team`. */
import { ServiceError } from '@riposte/engine';
import { inSixtyFourBits, readBlob, readTimestamp } from './json-shapes.ts';
import type { Schema } from './models.ts';

export interface FormNode {
  value?: string;
  children: Map<string, FormNode>;
}

/** No shape nests deeper; a key of a thousand dots is refused by being ignored. */
const DEPTH_MAX = 32;

export function parseForm(form: string): FormNode {
  const root: FormNode = { children: new Map() };
  for (const [key, value] of new URLSearchParams(form)) {
    const parts = key.split('.', DEPTH_MAX + 1);
    if (parts.length > DEPTH_MAX) continue;
    let node = root;
    for (const part of parts) {
      let child = node.children.get(part);
      if (child === undefined) node.children.set(part, (child = { children: new Map() }));
      node = child;
    }
    node.value = value;
  }
  return root;
}

/**
 * @param at where in the request this is, for the message
 * @throws ServiceError `MalformedInput` when a text is not what the schema says
 */
export function readForm(schema: Schema, node: FormNode, at = ''): unknown {
  if (schema.isUnitSchema()) return {};
  if (schema.isStructSchema()) return readStruct(schema, node, at);
  if (schema.isListSchema()) return readList(schema, node, at);
  if (schema.isMapSchema()) return readMap(schema, node, at);
  return readText(schema, node.value ?? '', at);
}

/**
 * A value that arrives as text: in a form, in a path, in a query or in a header.
 * @throws ServiceError `SerializationException`
 */
export function readText(schema: Schema, text: string, at: string): unknown {
  if (schema.isNumericSchema()) {
    if (!/^[+-]?\d+(\.\d+)?$/.test(text)) throw notA('Number', text, at);
    return inSixtyFourBits(Number(text), `'${text}'`, at);
  }
  if (schema.isBooleanSchema()) {
    if (text !== 'true' && text !== 'false') throw notA('Boolean', text, at);
    return text === 'true';
  }
  if (schema.isTimestampSchema()) return readTimestamp(text, at);
  if (schema.isBlobSchema()) return readBlob(text, at);
  return text;
}

function readStruct(schema: Schema, node: FormNode, at: string): object {
  const value: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const key = xmlName(member) ?? name;
    const child = node.children.get(key);
    if (child !== undefined && isGiven(member, child))
      value[name] = readForm(member, child, at === '' ? key : `${at}.${key}`);
  }
  return value;
}

function readList(schema: Schema, node: FormNode, at: string): unknown[] {
  const member = schema.getValueSchema();
  // An empty list arrives as `Tags=`.
  const items = isFlattened(schema) ? node : node.children.get(xmlName(member) ?? 'member');
  return numbered(items).map(([index, item]) => readForm(member, item, `${at}.${index}`));
}

function readMap(schema: Schema, node: FormNode, at: string): object {
  const keySchema = schema.getKeySchema();
  const valueSchema = schema.getValueSchema();
  const entries = numbered(isFlattened(schema) ? node : node.children.get('entry')).map(([index, entry]) => {
    const key = entry.children.get(xmlName(keySchema) ?? 'key')?.value ?? '';
    const value = entry.children.get(xmlName(valueSchema) ?? 'value') ?? { children: new Map() };
    return [key, readForm(valueSchema, value, `${at}.${index}`)];
  });
  return Object.fromEntries(entries);
}

/** In order of their numbers; gaps close. */
function numbered(node: FormNode | undefined): [string, FormNode][] {
  return [...(node?.children ?? [])]
    .filter(([key]) => /^\d+$/.test(key))
    .sort(([a], [b]) => Number(a) - Number(b));
}

/** `UserName.x=1` gives no value to `UserName`. */
function isGiven(schema: Schema, node: FormNode): boolean {
  return node.value !== undefined || schema.isStructSchema() || schema.isListSchema() || schema.isMapSchema();
}

/** `Attribute.1.Name` instead of `Attributes.entry.1.Name`. */
function isFlattened(schema: Schema): boolean {
  return schema.getMergedTraits().xmlFlattened !== undefined;
}

function xmlName(schema: Schema): string | undefined {
  return schema.getMergedTraits().xmlName;
}

function notA(wanted: string, text: string, at: string): ServiceError {
  return new ServiceError('SerializationException', `'${text}' can not be converted to a ${wanted}: '${at}'`);
}
