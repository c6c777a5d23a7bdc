import { parseExecutionArn } from '../arn.ts';
import type { Execution } from '../ports/execution-host.ts';
import type { StatusChange, StatusChangePublisher } from '../ports/status-changes.ts';
import type { Store } from '../ports/store.ts';
import { notRedrivableReason } from '../redrivable.ts';
import type { Retries } from './retries.ts';

/** Bytes of a payload, escaped as text in the event, that still go with it. */
const PAYLOAD_BYTES_MAX = 248 * 1024;
const NOTICES_PER_ROUND = 100;

/** Tells of status changes that are on disk: in their order, each at least once, also after a crash. */
export class StatusChanges {
  readonly #store: Store;
  readonly #publish: StatusChangePublisher;
  readonly #retries: Retries;
  #isTelling = false;
  #isWoken = false;

  constructor(store: Store, publish: StatusChangePublisher, retries: Retries) {
    this.#store = store;
    this.#publish = publish;
    this.#retries = retries;
  }

  /** There may be something to tell. */
  wake(): void {
    this.#isWoken = true;
    if (!this.#isTelling) void this.#tellAll();
  }

  async #tellAll(): Promise<void> {
    this.#isTelling = true;
    while (this.#isWoken) {
      this.#isWoken = false;
      await this.#retries.untilDone(() => this.#tellOnce());
    }
    this.#isTelling = false;
  }

  async #tellOnce(): Promise<void> {
    for (;;) {
      const notices = await this.#store.notices(NOTICES_PER_ROUND);
      const last = notices.at(-1);
      if (!last) return;
      for (const { body } of notices) await this.#publish(JSON.parse(body) as StatusChange); // written by statusChangeOf
      await this.#store.forgetNotices(last.sequence);
    }
  }
}

/** The event of one change, as EventBridge carries it. @param id the same however often it is told */
export function statusChangeOf(execution: Execution, nowMs: number, id: string): StatusChange {
  const { executionArn, origin } = execution;
  const { region, account } = parseExecutionArn(executionArn);
  return {
    region,
    simulated: origin.simulated,
    envelope: {
      version: '0',
      id,
      'detail-type': 'Step Functions Execution Status Change',
      source: 'aws.states',
      account,
      time: new Date(nowMs).toISOString().replace(/\.\d{3}Z$/, 'Z'),
      region,
      resources: [executionArn],
      detail: detailOf(execution, nowMs),
    },
  };
}

function detailOf(execution: Execution, nowMs: number): StatusChange['envelope']['detail'] {
  const { stopDate, output, error, cause, redriveDate } = execution;
  const reason = notRedrivableReason(execution, nowMs);
  const input = included(execution.input);
  const result = output === undefined ? undefined : included(output);
  return {
    executionArn: execution.executionArn,
    stateMachineArn: execution.stateMachineArn,
    name: execution.name,
    status: execution.status,
    startDate: execution.startDate,
    stopDate: stopDate ?? null,
    input: input.text,
    inputDetails: { included: input.text !== null },
    output: result?.text ?? null,
    outputDetails: result ? { included: result.text !== null } : null,
    stateMachineVersionArn: execution.stateMachineVersionArn ?? null,
    stateMachineAliasArn: execution.stateMachineAliasArn ?? null,
    redriveCount: execution.redriveCount ?? 0,
    redriveDate: redriveDate ?? null,
    redriveStatus: reason === undefined ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
    redriveStatusReason: reason ?? null,
    error: error ?? null,
    cause: cause ?? null,
  };
}

function included(text: string): { text: string | null } {
  return { text: Buffer.byteLength(JSON.stringify(text)) > PAYLOAD_BYTES_MAX ? null : text };
}
