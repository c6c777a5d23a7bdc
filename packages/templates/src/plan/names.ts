import { createHash } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const SUFFIX_CHARACTERS = 12;

/**
 * The generated physical name `<stack>-<logicalId>-<12 characters>`: always the same for the same arguments, so that
 * a run after a crash finds what the one before it made.
 * @param generation  0 at first, one more for each replacement
 */
export function physicalName(
  stack: string,
  logicalId: string,
  generation: number,
  lengthMax: number,
): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([stack, logicalId, generation]))
    .digest();
  const suffix = [...digest.subarray(0, SUFFIX_CHARACTERS)]
    .map((byte) => ALPHABET[byte % ALPHABET.length])
    .join('');
  const room = lengthMax - SUFFIX_CHARACTERS - 2;
  const idPart = logicalId.slice(0, Math.max(room - stack.length, Math.floor(room / 2)));
  return `${stack.slice(0, room - idPart.length)}-${idPart}-${suffix}`;
}

/** AWS::StackId: fixed for a stack's account, region and name. */
export function stackId(partition: string, region: string, account: string, stack: string): string {
  const hex = createHash('sha256')
    .update(JSON.stringify([partition, region, account, stack]))
    .digest('hex');
  const uuid = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join('-');
  return `arn:${partition}:cloudformation:${region}:${account}:stack/${stack}/${uuid}`;
}
