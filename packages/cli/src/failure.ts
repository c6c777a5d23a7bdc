/** Something the person at the terminal can understand and act on: printed without a stack, ends with `exitCode`. */
export class CommandFailure extends Error {
  readonly exitCode: number;

  constructor(message: string, options: ErrorOptions & { exitCode?: number } = {}) {
    super(message, options);
    this.name = 'CommandFailure';
    this.exitCode = options.exitCode ?? 1;
  }
}
