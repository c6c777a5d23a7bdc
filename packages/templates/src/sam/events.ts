import type { DeclaredResource } from '../read/template.ts';
import {
  copyMarks,
  describe,
  isMap,
  memberOf,
  moveMark,
  placeIn,
  type Value,
  type ValueMap,
} from '../read/value.ts';
import {
  boolean,
  conform,
  integer,
  json,
  map,
  members,
  oneOf,
  text,
  type MembersShape,
} from '../resolve/shape.ts';
import { TemplateError, type Place } from '../template-error.ts';
import { deadLetterConfig, deadLettersFor } from './dead-letters.ts';
import { generated } from './generated.ts';
import { scheduleFor, type ScheduleTarget } from './schedules.ts';

const shared = {
  Input: text,
  DeadLetterConfig: deadLetterConfig,
  RetryPolicy: members({ MaximumRetryAttempts: integer, MaximumEventAgeInSeconds: integer }),
  State: oneOf('ENABLED', 'DISABLED'),
  Enabled: boolean,
};
const patternEvent = members(
  {
    ...shared,
    Pattern: json,
    EventBusName: text,
    RuleName: text,
    InputPath: text,
    InputTransformer: members({ InputPathsMap: map(text), InputTemplate: text }, ['InputTemplate']),
    Target: members({ Id: text }, ['Id']),
  },
  ['Pattern'],
);
const scheduleEvent = members({ ...shared, Schedule: text, Name: text, Description: text, RoleArn: text }, [
  'Schedule',
]);
/** Of EventBridge Scheduler: no rule. */
const SCHEDULE = 'ScheduleV2';
const shapes: Record<string, MembersShape> = {
  EventBridgeRule: patternEvent,
  CloudWatchEvent: patternEvent,
  Schedule: scheduleEvent,
};

/** A rule that SAM makes for one entry of Events. */
export interface EventRule {
  /** `<Id><Event>`. */
  rule: DeclaredResource;
  /** RoleArn of a schedule event, for targets that take a role. */
  givenRole?: ValueMap[string];
  /** What SAM makes for the rule's dead letters. */
  deadLetters: DeclaredResource[];
}

/**
 * The rules for the entries of `Events`, each with one target; who may start the target is the caller's business.
 * @param targetSuffix  SAM's ending of the target id
 * @throws TemplateError naming an event type or property that is not supported
 */
export function rulesFor(origin: DeclaredResource, target: ValueMap, targetSuffix: string): EventRule[] {
  return entriesOf(origin)
    .filter(({ type }) => type !== SCHEDULE)
    .map((entry) => ruleFor(origin, entry, target, targetSuffix));
}

/**
 * What is made for the entries of `Events` that are schedules of EventBridge Scheduler.
 * @throws TemplateError
 */
export function schedulesFor(origin: DeclaredResource, target: ScheduleTarget): DeclaredResource[] {
  return entriesOf(origin)
    .filter(({ type }) => type === SCHEDULE)
    .flatMap(({ name, event, place }) => {
      const at = isMap(event) ? placeIn(place, event, 'Properties') : place;
      const written = (isMap(event) ? memberOf(event, 'Properties') : undefined) ?? {};
      return scheduleFor(origin, `${origin.logicalId}${name}`, { written, place, at }, target);
    });
}

/** One entry of `Events` as it is written. */
interface EventEntry {
  name: string;
  event: Value;
  type: Value | undefined;
  place: Place;
}

function entriesOf(origin: DeclaredResource): EventEntry[] {
  const events = memberOf(origin.properties, 'Events') ?? {};
  const parent = placeIn(origin.propertiesPlace, origin.properties, 'Events');
  if (!isMap(events))
    throw new TemplateError(parent, {
      problem: `Events is ${describe(events)}`,
      fix: 'Give a map of events by name',
    });
  return Object.keys(events).map((name) => {
    const event = memberOf(events, name) ?? null;
    const type = isMap(event) ? memberOf(event, 'Type') : undefined;
    return { name, event, type, place: placeIn(parent, events, name) };
  });
}

function ruleFor(
  origin: DeclaredResource,
  { name, event, type, place }: EventEntry,
  target: ValueMap,
  targetSuffix: string,
): EventRule {
  const shape = typeof type === 'string' && Object.hasOwn(shapes, type) ? shapes[type] : undefined;
  if (!isMap(event) || shape === undefined)
    throw new TemplateError(isMap(event) ? placeIn(place, event, 'Type') : place, {
      problem: `The event type ${typeof type === 'string' ? type : JSON.stringify(type ?? null)} is not supported`,
      fix: `Supported are ${[...Object.keys(shapes), SCHEDULE].join(', ')}`,
    });
  const written = memberOf(event, 'Properties') ?? {};
  const at = placeIn(place, event, 'Properties');
  const properties = conform(written, shape, at) as ValueMap; // a members shape yields a map
  if (Object.hasOwn(properties, 'State') && Object.hasOwn(properties, 'Enabled'))
    throw new TemplateError(at, { problem: 'The event has both State and Enabled', fix: 'Give one of them' });
  const logicalId = `${origin.logicalId}${name}`;
  const rule: ValueMap = copyMarks(properties, {});
  const take = (from: string, to: string, into: ValueMap = rule): void => {
    const value = memberOf(properties, from);
    if (value === undefined) return;
    into[to] = value;
    moveMark(properties, from, into, to);
  };
  take('Pattern', 'EventPattern');
  take('Schedule', 'ScheduleExpression');
  take('EventBusName', 'EventBusName');
  take('Description', 'Description');
  take('RuleName', 'Name');
  take('Name', 'Name');
  take('State', 'State');
  const enabled = memberOf(properties, 'Enabled');
  if (enabled !== undefined) rule['State'] = enabled === true ? 'ENABLED' : 'DISABLED';
  const given = memberOf(properties, 'Target');
  const id = isMap(given ?? null) ? memberOf(given as ValueMap, 'Id') : undefined; // isMap was asked
  const oneTarget: ValueMap = { Id: id ?? `${logicalId}${targetSuffix}`.slice(0, 64), ...target };
  for (const member of ['Input', 'InputPath', 'InputTransformer', 'RetryPolicy'])
    take(member, member, oneTarget);
  const { config, resources } = deadLettersFor(origin, logicalId, properties, at);
  if (config !== undefined) {
    oneTarget['DeadLetterConfig'] = config;
    moveMark(properties, 'DeadLetterConfig', oneTarget, 'DeadLetterConfig');
  }
  rule['Targets'] = [oneTarget];
  const givenRole = memberOf(properties, 'RoleArn');
  return {
    rule: { ...generated(origin, logicalId, 'AWS::Events::Rule', rule), place, propertiesPlace: at },
    deadLetters: resources,
    ...(givenRole === undefined ? {} : { givenRole }),
  };
}
