/** Keeps a page of an update until all of them are there, and says which update it belongs to. */
import { S3Client } from '@aws-sdk/client-s3';
import { type HealthEvent, pageOf, updateKey } from './identity.ts';
import { nameOf, UpdateStore } from './update-store.ts';

interface KeptPage {
  /** The name of the update. */
  update: string;
  page: number;
  /** False for a repetition and for the second of a page and its copy. */
  isNew: boolean;
  /** The update was announced without it. */
  isLate: boolean;
}

export const handler = keepPage(new UpdateStore(new S3Client({}), process.env.BUCKET ?? ''));

export function keepPage(store: UpdateStore) {
  return async (event: HealthEvent): Promise<KeptPage> => {
    const update = nameOf(updateKey(event));
    const { page } = pageOf(event);
    // first kept, then asked whether it is late: who gives up does it the other way round, so one of both sees the other
    const isNew = await store.keepPage(update, page, event);
    return { update, page, isNew, isLate: await store.isLate(update, page) };
  };
}
