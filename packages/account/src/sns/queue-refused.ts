/** A queue that is not there, or does not let SNS send: SNS does not try again either. */
export class QueueRefused extends Error {
  override readonly name = 'QueueRefused';
}
