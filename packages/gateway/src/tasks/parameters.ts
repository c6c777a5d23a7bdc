import { numberOf, parseJson } from '@riposte/asl';
import { ServiceError } from '@riposte/engine';
import { capitalised } from '../sdk/names.ts';
import { readJson, readTimestamp } from '../wire/json-shapes.ts';
import type { OperationModel, Schema } from '../wire/models.ts';
import { checkInput, requiredMembers } from '../wire/validation.ts';

/** Parameters that an API does not take: members it does not have, that are missing, or of the wrong type. */
export class InvalidParameters extends Error {
  override readonly name = 'InvalidParameters';
  /** A sentence each, in the service's words. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join(', '));
    this.problems = problems;
  }
}

/**
 * The members of a task's parameters, numbers as the language holds them: what becomes text again has them as written.
 * @param text JSON
 * @throws InvalidParameters when it is no object
 */
export function membersOf(text: string): Record<string, unknown> {
  const value: unknown = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InvalidParameters(['The parameters must be an object']);
  return value as Record<string, unknown>;
}

/** How the members of an API's structures are called in a state. */
export type MemberNaming = (member: string) => string;

/**
 * A task's parameters as the input of an operation, members as the SDK for JavaScript names and types them.
 * @param service signing name
 * @param parameters member names in PascalCase at every level, times as ISO 8601, blobs as text or as JSON
 * @throws InvalidParameters for what the API does not take
 * @throws ServiceError for what the service refuses: lengths, patterns, values
 */
export function inputOf(
  service: string,
  { input }: OperationModel,
  parameters: object,
  nameOf: MemberNaming,
): object {
  const problems: string[] = [];
  const wire = wireValue({ problems, nameOf }, input, parameters, '');
  if (problems.length > 0) throw new InvalidParameters(problems);
  const value = readJson(input, wire) as object; // of a structure, or of nothing at all
  checkInput(service, input, value);
  return value;
}

interface Reading {
  problems: string[];
  nameOf: MemberNaming;
}

/** As awsJson would carry it. */
function wireValue(reading: Reading, schema: Schema, given: unknown, field: string): unknown {
  if (given === null || given === undefined) return undefined;
  if (schema.isUnitSchema()) return members(reading, schema, given as object);
  if (schema.isDocumentSchema()) return given;
  if (schema.isBlobSchema())
    return Buffer.from(typeof given === 'string' ? given : JSON.stringify(given)).toString('base64');
  const value = numberOf(given) ?? given;
  // where the API wants text, an object or a list is written as JSON (recorded: the Input of aws-sdk:sfn:startExecution)
  if (schema.isStringSchema() && typeof value === 'object') return JSON.stringify(value);
  const wanted = wantedType(schema);
  if (!wanted.has(value)) {
    reading.problems.push(`The value for the field '${field}' must be ${wanted.noun}`);
    return undefined;
  }
  if (schema.isListSchema())
    return (value as unknown[]).map((item) => wireValue(reading, schema.getValueSchema(), item, field));
  if (schema.isMapSchema())
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        wireValue(reading, schema.getValueSchema(), item, key),
      ]),
    );
  return schema.isStructSchema() ? members(reading, schema, value) : value;
}

function members(reading: Reading, schema: Schema, value: object): object {
  const { problems, nameOf } = reading;
  const known = membersByName(schema, nameOf);
  const wire: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    const member = known.get(name);
    if (member) wire[member[0]] = wireValue(reading, member[1], item, name);
  }
  const given = Object.entries(value).filter(([name, item]) => item !== null || !known.has(name));
  problems.push(
    ...nameProblems(
      schema,
      nameOf,
      given.map(([name]) => name),
    ),
  );
  return wire;
}

/**
 * Names that a structure does not have, and those that it needs.
 * @param given names of members
 */
export function nameProblems(schema: Schema, nameOf: MemberNaming, given: readonly string[]): string[] {
  const known = membersByName(schema, nameOf);
  const there = new Set(given.map((name) => known.get(name)?.[0]));
  return [
    ...given.filter((name) => !known.has(name)).map(unsupportedField),
    ...requiredMembers(schema)
      .filter((name) => !there.has(name))
      .map((name) => missingField(nameOf(name))),
  ];
}

function membersByName(schema: Schema, nameOf: MemberNaming): Map<string, readonly [string, Schema]> {
  const known = new Map<string, readonly [string, Schema]>();
  if (!schema.isStructSchema()) return known;
  for (const member of schema.structIterator()) {
    // The model's own spelling (`BOOL`) is taken beside that of the SDK (`Bool`): whether the service insists on the
    // latter is not recorded.
    known.set(capitalised(member[0]), member);
    known.set(nameOf(member[0]), member);
  }
  return known;
}

export function unsupportedField(name: string): string {
  return `The field "${name}" is not supported by Step Functions`;
}

export function missingField(name: string): string {
  return `The field "${name}" is required but was missing`;
}

interface WantedType {
  noun: string;
  has(value: unknown): value is object;
}

function wantedType(schema: Schema): WantedType {
  const type = (noun: string, has: (value: unknown) => boolean): WantedType => ({
    noun,
    has: has as WantedType['has'], // texts and numbers go on as they are
  });
  if (schema.isListSchema()) return type('an ARRAY', Array.isArray);
  if (schema.isStructSchema() || schema.isMapSchema())
    return type('an OBJECT', (value) => typeof value === 'object' && !Array.isArray(value));
  if (schema.isBooleanSchema()) return type('a BOOLEAN', (value) => typeof value === 'boolean');
  if (schema.isTimestampSchema()) return type('a valid ISO 8601 timestamp', isTimestamp);
  if (schema.isNumericSchema()) return type('a NUMBER', (value) => typeof value === 'number');
  return type('a STRING', (value) => typeof value === 'string');
}

function isTimestamp(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    readTimestamp(value, '');
    return true;
  } catch (error) {
    if (error instanceof ServiceError) return false;
    throw error;
  }
}

/** Where an API wants text, a task may give any JSON value: it is written as JSON. */
export function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
