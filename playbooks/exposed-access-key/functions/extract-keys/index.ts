/** First step: which keys does an AWS Health event name, and how are they to be contained? */

type Containment = 'Delete' | 'Deactivate' | 'DeactivateThenDelete';

/** What every later step and the mail need to know of the event. */
interface Incident {
  /** The account concerned; in an organisational view not the one that received the event. */
  account: string;
  eventTypeCode: string;
  eventArn: string;
  region: string;
  startTime: string;
  /** False for the codes that only suspect. */
  confirmed: boolean;
  /** Whose key it is according to the event; IAM has the last word. */
  reportedUser: string;
  exposedUrl: string;
  description: string;
}

interface Plan {
  incident: Incident;
  keys: {
    accessKeyId: string;
    containment: 'Delete' | 'Deactivate';
    /** Only where a deactivated key is to be deleted later. */
    deleteAfterSeconds?: number;
  }[];
  /** Keys beyond the first 20: nothing is done to them, and a notice names them. */
  leftOver: { count: number; /** At most 200. */ accessKeyIds: string[] };
  /** Entities that are no keys, such as user names; at most 50. */
  otherEntities: string[];
  /** The keys are deactivated now and deleted after `deleteAfterSeconds`. */
  deleteLater: boolean;
  deleteAfterSeconds: number;
}

const KEY_ID = /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{12,}(?![A-Za-z0-9])/g;
const QUARANTINE = 'AWS_RISK_IAM_QUARANTINE';
/** An event names one or two keys as a rule; so many handled side by side stay within every quota. */
const KEYS_MAX = 20;
const LEFT_OVER_NAMED_MAX = 200;
const OTHER_ENTITIES_MAX = 50;
const DESCRIPTION_MAX = 1500;

export async function handler(input: { event: unknown }): Promise<Plan> {
  const event = record(input.event);
  const detail = record(event.detail);
  const metadata = record(detail.eventMetadata);
  const eventTypeCode = text(detail.eventTypeCode);
  const confirmed = !eventTypeCode.endsWith('_SUSPECTED');
  const containment = setting(confirmed ? 'CONTAINMENT' : 'SUSPECTED_CONTAINMENT');
  const deleteLater = containment === 'DeactivateThenDelete';
  const deleteAfterSeconds = Number(process.env.DELETE_AFTER_SECONDS);
  const entities = list(detail.affectedEntities).map((entity) => text(record(entity).entityValue));
  const named = keyIds(eventTypeCode, entities, metadata, event);
  const leftOver = named.slice(KEYS_MAX);

  return {
    incident: {
      account: text(detail.affectedAccount) || text(event.account),
      eventTypeCode,
      eventArn: text(detail.eventArn),
      region: text(event.region),
      startTime: text(detail.startTime) || text(event.time),
      confirmed,
      reportedUser: text(metadata.userName),
      exposedUrl: text(metadata.exposedUrl),
      description: description(detail.eventDescription),
    },
    keys: named
      .slice(0, KEYS_MAX)
      .map((accessKeyId) =>
        deleteLater
          ? { accessKeyId, containment: 'Deactivate', deleteAfterSeconds }
          : { accessKeyId, containment },
      ),
    leftOver: { count: leftOver.length, accessKeyIds: leftOver.slice(0, LEFT_OVER_NAMED_MAX) },
    otherEntities: entities
      .filter((entity) => entity !== '' && keysIn(entity).length === 0)
      .slice(0, OTHER_ENTITIES_MAX),
    deleteLater,
    deleteAfterSeconds,
  };
}

/** The entities of this page first; the metadata names one key only, and the same one on every page. */
function keyIds(
  eventTypeCode: string,
  entities: string[],
  metadata: Record<string, unknown>,
  event: Record<string, unknown>,
): string[] {
  // A quarantine names users as well: only an entity that is a key id and nothing else is taken for a key.
  if (eventTypeCode === QUARANTINE) return unique(entities.filter((entity) => keysIn(entity)[0] === entity));
  const sources = [entities, [text(metadata.publicKey)], list(event.resources).map(text)];
  return sources.map((source) => unique(source.flatMap(keysIn))).find((keys) => keys.length > 0) ?? [];
}

function keysIn(value: string): string[] {
  return value.match(KEY_ID) ?? [];
}

function unique(values: string[]): string[] {
  return [...new Set(values)];
}

function description(value: unknown): string {
  const texts = list(value).map(record);
  const english = texts.find(({ language }) => text(language).startsWith('en')) ?? texts[0];
  return text(english?.latestDescription).slice(0, DESCRIPTION_MAX);
}

function setting(name: 'CONTAINMENT' | 'SUSPECTED_CONTAINMENT'): Containment {
  const value = process.env[name];
  if (value === 'Delete' || value === 'Deactivate' || value === 'DeactivateThenDelete') return value;
  const error = new Error(
    `${name} is ${value ?? 'not set'}; it must be Delete, Deactivate or DeactivateThenDelete.`,
  );
  error.name = 'InvalidConfiguration';
  throw error;
}

// Events arrive as other people wrote them: what is not there, or of another type, counts as empty.
function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}
