import { processorDefinition } from '@riposte/asl';
import { parseExecutionArn } from '../arn.ts';
import type { ExpressExecutions } from '../express.ts';
import type { ExecutionLoop, Opening } from '../host/execution-loop.ts';
import type { LiveExecution } from '../host/live-execution.ts';
import { settingsOf } from '../machine-settings.ts';
import type { Clock } from '../ports/clock.ts';
import type { Execution } from '../ports/executions.ts';
import type { Item, ItemChange, MapRun } from '../ports/map-runs.ts';
import { stopLeftChildren, type StopOptions } from '../host/stop-children.ts';

export interface ChildrenOptions extends StopOptions {
  clock: Clock;
  loop: ExecutionLoop;
  express: ExpressExecutions;
}

/** Starts the children of one Map Run. */
export class Children {
  readonly #options: ChildrenOptions;
  readonly #mapRun: MapRun;
  readonly #parent: Execution;
  readonly #stateName: string;
  readonly #definition: string;

  /** @param stateName  of the Map in the parent's definition */
  constructor(options: ChildrenOptions, mapRun: MapRun, parent: Execution, stateName: string) {
    this.#options = options;
    this.#mapRun = mapRun;
    this.#parent = parent;
    this.#stateName = stateName;
    this.#definition = processorDefinition(parent.definition, stateName);
  }

  /** Starts a stored execution, or lets one go on that waits for a redrive. Resolves when that is on disk. */
  async startStandard(item: Item): Promise<void> {
    if (item.status === 'PENDING_REDRIVE') await stopLeftChildren(this.#options, item.executionArn);
    return this.#options.loop.deliver(item.executionArn, (live) => this.#opening(live, item));
  }

  /** Runs an execution in memory, unless its five minutes are over. Resolves with how it ended. */
  async runExpress(item: Item & { startDate: number }): Promise<ItemChange> {
    const { index, executionArn, input, startDate, redriveCount } = item;
    const { roleArn, origin, machine = {} } = this.#parent;
    const { stateMachineArn } = this.#mapRun;
    const { ended } = this.#options.express.startAs(executionArn, {
      name: executionArn.split(':')[7]!, // an express ARN has nine parts
      input,
      roleArn,
      definition: this.#definition,
      stateMachineArn,
      logging: settingsOf(machine).logging,
      isSimulated: origin.simulated,
      startDate,
      redriveCount,
    });
    return { index, ...(await ended) };
  }

  #opening(live: LiveExecution | undefined, item: Item): Opening<void> {
    const nowMs = this.#options.clock.now();
    if (!live)
      return { signal: { type: 'start' }, created: this.#created(item, nowMs), reply: () => undefined };
    const { status, redriveCount = 0, redriveTokens = [] } = live.execution;
    if (status !== 'PENDING_REDRIVE') return { answer: () => undefined }; // started before a crash
    return {
      signal: { type: 'redrive' },
      redrive: { redriveCount: redriveCount + 1, redriveDate: nowMs, redriveTokens },
      reply: () => undefined,
    };
  }

  #created({ executionArn, input, index, itemCount }: Item, startDate: number) {
    const { mapRunArn, stateMachineArn, effectId } = this.#mapRun;
    const { executionArn: parentArn, roleArn, origin, machine } = this.#parent;
    return {
      executionArn,
      name: parseExecutionArn(executionArn).executionName,
      stateMachineArn,
      startDate,
      input,
      roleArn,
      definition: this.#definition,
      origin: {
        simulated: origin.simulated,
        parent: { executionArn: parentArn, stateName: this.#stateName, taskId: `${parentArn}#${effectId}` },
      },
      mapRun: { mapRunArn, index, itemCount },
      ...(machine && { machine }),
    };
  }
}
