/** An event pattern that EventBridge would refuse. The message is the text after `Event pattern is not valid. Reason: `. */
export class InvalidPattern extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'InvalidPattern';
  }
}
