/** The shaped input is no JSON: EventBridge does not deliver it and does not try again. */
export class UndeliverableInput extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'UndeliverableInput';
  }
}
