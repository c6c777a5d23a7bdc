/** Why a Map Run failed, as the Map state is told; the cause stands in the history as it is. */
export class MapRunFailure extends Error {
  readonly error: string;

  constructor(error: string, cause: string) {
    super(cause);
    this.error = error;
  }
}
