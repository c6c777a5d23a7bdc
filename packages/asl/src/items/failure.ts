import { StateFailure } from '../errors/failure.ts';

/** What an ItemReader read cannot become items. The cause stands in the history as it is, without its place. */
export class ItemReaderFailure extends StateFailure {
  constructor(cause: string) {
    super('States.ItemReaderFailed', cause, { isPrefixed: false });
  }
}
