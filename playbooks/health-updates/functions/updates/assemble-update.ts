/** Makes one event of all pages of an update, once they are there or no longer waited for. */
import { S3Client } from '@aws-sdk/client-s3';
import { merge } from './merge.ts';
import { communicationOf, eventKey, pageOf, updatedAt, updateKey } from './identity.ts';
import { nameOf, UpdateStore } from './update-store.ts';

interface AssemblyRequest {
  /** The name of the update. */
  update: string;
  /** Take what is there. */
  giveUp: boolean;
}

/** An entry of PutEvents, whose `Detail` Step Functions makes JSON text of. */
interface Entry {
  Source: string;
  DetailType: string;
  EventBusName: string;
  Resources: string[];
  Detail: object;
}

type Assembly = { isReady: false; missingPages: number[] } | { isReady: true; entry: Entry };

interface Settings {
  source: string;
  eventBusName: string;
  /** Of the list of entities in the event, as JSON. A state's data may have 256 KiB, and so may an execution's input. */
  entityBytesMax: number;
}

export const handler = assembleUpdate(new UpdateStore(new S3Client({}), process.env.BUCKET ?? ''), {
  source: process.env.SOURCE ?? '',
  eventBusName: process.env.EVENT_BUS_NAME ?? '',
  entityBytesMax: 120_000,
});

export function assembleUpdate(store: UpdateStore, settings: Settings) {
  return async ({ update, giveUp }: AssemblyRequest): Promise<Assembly> => {
    let found = await find(store, update);
    if (found.missing.length > 0 && !giveUp) return { isReady: false, missingPages: found.missing };
    if (found.missing.length > 0) {
      await store.giveUp(update, []);
      found = await find(store, update);
      await store.giveUp(update, found.numbers);
    }
    return { isReady: true, entry: await entryOf(store, settings, update, found) };
  };
}

interface Found {
  numbers: number[];
  missing: number[];
}

async function find(store: UpdateStore, update: string): Promise<Found> {
  const numbers = await store.pageNumbers(update);
  const [first] = numbers;
  if (first === undefined) throw new Error(`There is no page of the update ${update}.`);
  const { totalPages } = pageOf(await store.readPage(update, first));
  const wanted = Array.from({ length: totalPages }, (_, at) => at + 1);
  return { numbers, missing: wanted.filter((number) => !numbers.includes(number)) };
}

async function entryOf(
  store: UpdateStore,
  settings: Settings,
  update: string,
  { numbers, missing }: Found,
): Promise<Entry> {
  const pages = await Promise.all(numbers.map((number) => store.readPage(update, number)));
  const [first] = pages;
  if (!first) throw new Error(`There is no page of the update ${update}.`);
  const { entities, shown, resources } = merge(pages, settings.entityBytesMax);
  const {
    page: _page,
    totalPages: _total,
    backupEvent: _backup,
    communicationId: _id,
    ...said
  } = first.detail;
  const communicationId = communicationOf(first);
  return {
    Source: settings.source,
    DetailType: first['detail-type'],
    EventBusName: settings.eventBusName,
    Resources: resources,
    Detail: {
      ...said,
      ...(communicationId !== undefined && { communicationId }),
      affectedEntities: shown,
      assembly: {
        updateKey: updateKey(first),
        eventKey: eventKey(first),
        isLatestUpdate: await store.noteUpdate(nameOf(eventKey(first)), updatedAt(first), update),
        pages: numbers.length,
        missingPages: missing,
        isComplete: missing.length === 0,
        onlyBackupCopies: pages.every(({ detail }) => String(detail.backupEvent) === 'true'),
        entities: entities.length,
        holdsAllEntities: shown.length === entities.length,
        allEntities: { bucket: store.bucket, key: await store.writeEntities(update, entities) },
      },
    },
  };
}
