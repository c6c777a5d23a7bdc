import { isJsonObject } from '@riposte/json';
import type { EventEnvelope } from '../ports/event-service.ts';
import { validationError } from '../constraints.ts';
import { jsonProblem } from './json-object.ts';
import type { EnvelopeContext } from './put-events-entry.ts';
import { eventTime } from './time.ts';

const MEMBERS = new Set([
  'version',
  'id',
  'detail-type',
  'source',
  'account',
  'time',
  'region',
  'resources',
  'detail',
  'replay-name',
]);
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;

/**
 * Checks an event handed in whole, and fills in what may be left out: version, id, account, time, region, resources.
 * @throws ServiceError ValidationException naming the member and what it must be
 */
export function injectedEnvelope(envelope: unknown, context: EnvelopeContext): EventEnvelope {
  if (!isJsonObject(envelope)) throw refuse('it must be a JSON object');
  const given: Record<string, unknown> = envelope;
  const unknown = Object.keys(given).find((member) => !MEMBERS.has(member));
  if (unknown !== undefined)
    throw refuse(`"${unknown}" is no member of an event; what the event is about belongs into "detail"`);
  const { detail, resources = [] } = given;
  if (!isJsonObject(detail)) throw refuse('"detail" must be a JSON object');
  const problem = jsonProblem(detail);
  if (problem !== undefined) throw refuse(`"detail" ${problem}`);
  if (!Array.isArray(resources) || !resources.every((resource) => typeof resource === 'string'))
    throw refuse('"resources" must be a list of texts');
  const time = text(given, 'time', eventTime(context.nowMs));
  if (!TIME.test(time) || Number.isNaN(Date.parse(time)))
    throw refuse(`"time" must look like 2026-01-31T12:00:00Z, and is ${JSON.stringify(time)}`);
  const account = text(given, 'account', context.account);
  if (!/^\d{12}$/.test(account))
    throw refuse(`"account" must be 12 digits, and is ${JSON.stringify(account)}`);
  const replayName = given['replay-name'] === undefined ? undefined : text(given, 'replay-name');
  return {
    version: text(given, 'version', '0'),
    id: text(given, 'id', context.id),
    'detail-type': text(given, 'detail-type'),
    source: text(given, 'source'),
    account,
    time: eventTime(Date.parse(time)),
    region: text(given, 'region', context.region),
    resources: resources as string[], // checked above
    detail,
    ...(replayName !== undefined && { 'replay-name': replayName }),
  };
}

function text(given: Record<string, unknown>, member: string, fallback?: string): string {
  const value = given[member] ?? fallback;
  if (value === undefined) throw refuse(`"${member}" is missing`);
  if (typeof value !== 'string' || value === '') throw refuse(`"${member}" must be a text that is not empty`);
  return value;
}

function refuse(problem: string): Error {
  return validationError(`The event is not valid: ${problem}.`);
}
