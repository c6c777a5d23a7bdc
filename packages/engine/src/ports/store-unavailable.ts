/**
 * The store refused for a reason of its own: the disk is full, broken or gone. Nothing of the request was applied. It
 * is never an outcome of a workflow: whoever drives the work does the same again later.
 */
export class StoreUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreUnavailable';
  }
}
