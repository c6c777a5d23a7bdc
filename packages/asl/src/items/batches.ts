import { StateFailure } from '../errors/failure.ts';
import type { Json } from '@riposte/json';
import { stringifyJson, utf8Length } from '@riposte/json';
import { PAYLOAD_BYTES_MAX } from '../limits.ts';

/** `ItemBatcher`, evaluated. */
export interface BatchLimits {
  /** 1 or more. Absent: as many as the bytes allow. */
  itemsMax?: number;
  /** Of the input of the child execution. Absent: what an input may have, 262,144. */
  inputBytesMax?: number;
}

/** The input of one child execution. */
export interface Batch {
  /** JSON text: `{"BatchInput":…,"Items":[…]}` */
  input: string;
  itemCount: number;
}

/**
 * Puts items together, as many as both limits allow; no batch is empty.
 * @param items  after ItemSelector
 * @param batchInput  `BatchInput`, evaluated; stands before the items where it is given
 * @throws StateFailure  States.DataLimitExceeded for an item that no batch can hold. The service's words are not known.
 */
export async function* batchesOf(
  items: AsyncIterable<Json> | Iterable<Json>,
  { itemsMax = Infinity, inputBytesMax = PAYLOAD_BYTES_MAX }: BatchLimits,
  batchInput?: Json,
): AsyncGenerator<Batch, void, undefined> {
  const head =
    batchInput === undefined ? '{"Items":[' : `{"BatchInput":${stringifyJson(batchInput)},"Items":[`;
  const tail = ']}';
  const frameBytes = utf8Length(head) + tail.length;
  const bytesMax = Math.min(inputBytesMax, PAYLOAD_BYTES_MAX);
  let texts: string[] = [];
  let bytes = frameBytes;
  let position = 0;
  const batch = (): Batch => ({ input: `${head}${texts.join(',')}${tail}`, itemCount: texts.length });
  for await (const item of items) {
    const text = stringifyJson(item);
    const itemBytes = utf8Length(text);
    if (frameBytes + itemBytes > bytesMax)
      throw new StateFailure(
        'States.DataLimitExceeded',
        `The item at index ${position} has ${itemBytes} bytes and does not fit into a batch of ${bytesMax} bytes, of which ${frameBytes} are used without it.`,
        { isPrefixed: false },
      );
    const added = itemBytes + (texts.length > 0 ? 1 : 0); // the comma
    if (texts.length >= itemsMax || bytes + added > bytesMax) {
      yield batch();
      texts = [];
      bytes = frameBytes;
    }
    bytes += itemBytes + (texts.length > 0 ? 1 : 0);
    texts.push(text);
    position++;
  }
  if (texts.length > 0) yield batch();
}
