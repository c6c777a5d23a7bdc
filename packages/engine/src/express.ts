import { expressExecutionArn, parseStateMachineArn } from './arn.ts';
import { ExpressRun, type ExpressEnd, type ExpressRunOptions } from './host/express-run.ts';
import { settingsOf } from './machine-settings.ts';
import type { ExecutionOrigin } from './ports/execution-host.ts';
import type { Ids } from './ports/ids.ts';
import type { StartTarget } from './start-target.ts';

export interface ExpressOptions extends ExpressRunOptions {
  ids: Ids;
}

export interface ExpressStart {
  name: string;
  input: string;
  origin: ExecutionOrigin;
}

/** Executions of express machines: in memory, for five minutes at most, gone with the server. */
export class ExpressExecutions {
  readonly #options: ExpressOptions;
  readonly #runs = new Set<ExpressRun>();
  #isClosed = false;

  constructor(options: ExpressOptions) {
    this.#options = options;
  }

  get isQuiet(): boolean {
    return [...this.#runs].every((run) => run.isQuiet);
  }

  /** Two starts with the same name are two executions. */
  start(
    { stateMachineArn, machine }: StartTarget,
    { name, input, origin }: ExpressStart,
  ): { executionArn: string; startDate: number; ended: Promise<ExpressEnd> } {
    if (this.#isClosed) throw new Error('The engine is closed.');
    const { ids, clock } = this.#options;
    const arn = parseStateMachineArn(stateMachineArn);
    const executionArn = expressExecutionArn(arn, name, ids.uuid());
    const startDate = clock.now();
    const run = new ExpressRun(this.#options, {
      context: {
        executionArn,
        name,
        input,
        roleArn: machine.roleArn,
        startTimeMs: startDate,
        redriveCount: 0,
        stateMachineArn,
        stateMachineName: arn.name,
        region: arn.region,
      },
      definition: machine.definition,
      logging: settingsOf(machine).logging,
      isSimulated: origin.simulated,
    });
    this.#runs.add(run);
    const ended = run.start().finally(() => this.#runs.delete(run));
    return { executionArn, startDate, ended };
  }

  /** Ends what runs: nothing of it is kept. */
  close(): void {
    this.#isClosed = true;
    for (const run of this.#runs) run.stop();
  }
}
