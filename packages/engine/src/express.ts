import { expressExecutionArn, parseStateMachineArn } from './arn.ts';
import {
  ExpressRun,
  type ExpressEnd,
  type ExpressRunOptions,
  type ExpressSubject,
} from './host/express-run.ts';
import { settingsOf } from './machine-settings.ts';
import type { ExecutionOrigin } from './ports/executions.ts';
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

export interface ExpressChild {
  name: string;
  input: string;
  roleArn: string;
  definition: string;
  /** Labelled. */
  stateMachineArn: string;
  logging: ExpressSubject['logging'];
  isSimulated: boolean;
  /** Milliseconds since the epoch; the same when it is run again after a crash, and so is its limit. */
  startDate: number;
  /** How often it was started anew by redrives of its Map Run; each start makes its calls again. */
  redriveCount: number;
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
    const { ids } = this.#options;
    const arn = parseStateMachineArn(stateMachineArn);
    return this.startAs(expressExecutionArn(arn, name, ids.uuid()), {
      name,
      input,
      roleArn: machine.roleArn,
      definition: machine.definition,
      stateMachineArn,
      logging: settingsOf(machine).logging,
      isSimulated: origin.simulated,
      startDate: this.#options.clock.now(),
      redriveCount: 0,
    });
  }

  /** Starts one whose names are known already: the child of a Map Run. */
  startAs(
    executionArn: string,
    child: ExpressChild,
  ): { executionArn: string; startDate: number; ended: Promise<ExpressEnd> } {
    const { name, input, roleArn, definition, stateMachineArn, logging, isSimulated } = child;
    const { startDate, redriveCount } = child;
    const [, , , region, , , stateMachineName] = stateMachineArn.split(':') as string[] & {
      3: string;
      6: string;
    }; // as it was made
    const run = new ExpressRun(this.#options, {
      context: {
        executionArn,
        name,
        input,
        roleArn,
        startTimeMs: startDate,
        redriveCount,
        // the documentation does not say what it is here: it is started anew by the redrive [guess]
        ...(redriveCount > 0 && { redriveTimeMs: startDate }),
        stateMachineArn,
        stateMachineName,
        region,
      },
      definition,
      logging,
      isSimulated,
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
