import { ServiceError } from '@riposte/engine';

const ENTRIES_MAX = 10;

export interface BatchEntry {
  Id: string;
}

export interface BatchAnswer<Successful> {
  Successful: Successful[];
  Failed: { Id: string; SenderFault: boolean; Code: string; Message: string }[];
}

/**
 * Carries out each entry; one that is refused keeps no other back.
 * @param entryType  as the text of a refusal names it, e.g. `SendMessageBatchRequestEntry`
 * @throws ServiceError when the batch as a whole is refused
 */
export function eachEntry<Entry extends BatchEntry, Successful>(
  entries: readonly Entry[],
  entryType: string,
  work: (entry: Entry) => Successful,
): BatchAnswer<Successful> {
  checkBatch(entries, entryType);
  const answer: BatchAnswer<Successful> = { Successful: [], Failed: [] };
  for (const entry of entries) {
    try {
      answer.Successful.push(work(entry));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      answer.Failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return answer;
}

function checkBatch(entries: readonly BatchEntry[], entryType: string): void {
  if (entries.length === 0)
    throw new ServiceError('EmptyBatchRequest', `There should be at least one ${entryType} in the request.`);
  if (entries.length > ENTRIES_MAX)
    throw new ServiceError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${ENTRIES_MAX}. You have sent ${entries.length}.`,
    );
  const ids = new Set<string>();
  for (const { Id } of entries) {
    if (!/^[\w-]{1,80}$/.test(Id))
      throw new ServiceError(
        'InvalidBatchEntryId',
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      );
    if (ids.has(Id)) throw new ServiceError('BatchEntryIdsNotDistinct', `Id ${Id} repeated.`);
    ids.add(Id);
  }
}
