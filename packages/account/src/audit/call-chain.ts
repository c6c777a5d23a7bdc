import { createHash } from 'node:crypto';
import type { CallRecord, NewCallRecord, UserIdentity } from '../ports/call-record.ts';
import { canonicalJson } from './canonical-json.ts';

/** `previousHash` of the first record. */
const CHAIN_START = '0'.repeat(64);

/** The last link of the chain as far as it is written. */
interface ChainEnd {
  sequence: number;
  hash: string;
}

/**
 * The next record of the chain. What comes back is what reading it later gives: dates are ISO 8601 text, members
 * without a value are gone.
 */
export function chainCall(end: ChainEnd | undefined, call: NewCallRecord): CallRecord {
  const previousHash = end?.hash ?? CHAIN_START;
  const body = canonicalJson({ ...call, sequence: (end?.sequence ?? 0) + 1 });
  const hash = hashOf(previousHash, body);
  // the text was written from a NewCallRecord and a sequence one line above
  return { ...(JSON.parse(body) as Omit<CallRecord, 'previousHash' | 'hash'>), previousHash, hash };
}

type ChainVerdict =
  | { intact: true; records: number; end: ChainEnd | undefined }
  | { intact: false; sequence: number; problem: string };

/**
 * Recomputes every hash. A change, a removal or an insertion anywhere before the last record shows; whether records
 * are missing at the end shows only against an `end` noted elsewhere.
 * @param records in order of sequence, from the first one of the chain
 */
export function verifyCallChain(records: Iterable<CallRecord>): ChainVerdict {
  let end: ChainEnd | undefined;
  let count = 0;
  for (const record of records) {
    const problem = linkProblem(end, record);
    if (problem) return { intact: false, sequence: record.sequence, problem };
    end = { sequence: record.sequence, hash: record.hash };
    count += 1;
  }
  return { intact: true, records: count, end };
}

function linkProblem(end: ChainEnd | undefined, record: CallRecord): string | undefined {
  const { hash, previousHash, ...body } = record;
  const expected = (end?.sequence ?? 0) + 1;
  if (record.sequence !== expected)
    return `Record ${expected} is missing; ${record.sequence} stands in its place.`;
  if (previousHash !== (end?.hash ?? CHAIN_START))
    return `Record ${record.sequence} does not follow from the one before it.`;
  if (hash !== hashOf(previousHash, canonicalJson(body)))
    return `Record ${record.sequence} was changed after it was written.`;
  return undefined;
}

function hashOf(previousHash: string, body: string): string {
  return createHash('sha256').update(previousHash).update(body).digest('hex');
}

/** What CloudTrail's lookup calls the user name: of a user its name, of a role session the session's name. */
export function lookupUserName(identity: UserIdentity): string | undefined {
  if (identity.type === 'Root') return 'root';
  if (identity.type === 'AssumedRole') return identity.arn?.split('/').at(-1);
  return identity.userName ?? identity.invokedBy;
}
