import {
  recordLastUsed,
  type AccountStore,
  type AccountTransaction,
  type CallContext,
  type NewCallRecord,
  type UndefinedRoles,
} from '@riposte/account';
import { ServiceError, StoreUnavailable, type Clock, type Ids } from '@riposte/engine';
import type { CodeStore } from '@riposte/functions';
import { callRecordOf } from '../audit/call-record.ts';
import type { AwsCall, AwsCalls } from '../call.ts';
import type { Buckets } from '../buckets/buckets.ts';
import type { ConnectionRequests } from '../http/connection-requests.ts';
import type { AsyncInvocations } from '../invocations/async-invocations.ts';
import type { QueueReceiver } from '../queues/queue-receiver.ts';
import { decodeAnswer, type Answer } from '../journal/answer.ts';
import { requestJournalKey } from '../journal/keys.ts';
import { subjectOf } from '../journal/run.ts';
import { stepOf } from '../sessions/callers.ts';
import type { Runs } from '../sessions/runs.ts';
import { authorise, contextOf } from './authorise.ts';
import type { Catalogue } from './catalogue.ts';
import type { OperationContext, Services } from './operation.ts';
import { wantedBy, type InternalCall, type Passage } from './passage.ts';
import { problemLine } from './problem-line.ts';
import { recordOf } from './record.ts';
import { internalFailure, unknownOperation, unrecorded } from './refusals.ts';
import { carryOut, guard, route } from './stages.ts';
import { unwrittenAccess } from './unwritten.ts';

export interface PipelineOptions {
  account: string;
  store: AccountStore;
  clock: Clock;
  ids: Ids;
  catalogue: Catalogue;
  runs: Runs;
  codeStore: CodeStore;
  buckets: Buckets;
  undefinedRoles: UndefinedRoles;
  services: () => Services;
  asyncInvocations: AsyncInvocations;
  connectionRequests: ConnectionRequests;
  queues: QueueReceiver;
  /** Where the server's own calls would find its AWS door. */
  endpointUrl?: () => string;
  /** Hears of bugs: what callers are told only as InternalFailure. */
  report(line: string): void;
}

/**
 * The stages of every AWS call: who, may it, guard, route, act, audit.
 *
 * P1 Every call leaves exactly one audit record, also a refused one; a repeated call of a crashed attempt leaves none.
 * P2 An operation of the account is authorised, carried out, journaled and audited in one transaction.
 * P3 A refused or failed operation of the account writes nothing but its audit record.
 */
export class CallPipeline implements AwsCalls {
  readonly #options: PipelineOptions;
  readonly #answering = new Set<Promise<Answer>>();
  /** Records of changes that were made when the disk refused them; written with the next record. */
  readonly #owed: NewCallRecord[] = [];

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  async call(call: AwsCall): Promise<Record<string, unknown>> {
    const answer = await this.answer(call);
    if (answer.kind === 'error') throw answer.error;
    return answer.output;
  }

  /** As `call`, with a refusal as data and the request id of the (perhaps earlier) answer. */
  async answer(call: InternalCall): Promise<Answer> {
    const answering = this.#answer(call);
    this.#answering.add(answering);
    try {
      return await answering;
    } finally {
      this.#answering.delete(answering);
    }
  }

  /** Resolves when every call has been answered and is on record. */
  async idle(): Promise<void> {
    while (this.#answering.size > 0) await Promise.allSettled(this.#answering);
  }

  async #answer(call: InternalCall): Promise<Answer> {
    const requestId = call.requestId ?? this.#options.ids.uuid();
    const entry = this.#options.catalogue.find(call.service, call.operation);
    if (!entry) return this.#refuseUnknown(call, requestId);
    const { account, clock, ids } = this.#options;
    const context: CallContext = {
      account,
      region: call.region,
      nowMs: clock.now(),
      ids,
      caller: call.caller,
      requestId,
      undefinedRoles: this.#options.undefinedRoles,
    };
    const endpointUrl = call.endpointUrl ?? this.#options.endpointUrl?.();
    if (endpointUrl !== undefined) context.endpointUrl = endpointUrl;
    context.conditionContext = contextOf(call, context.nowMs);
    const { operation } = entry;
    const touched = operation.touched?.(context, call.input) ?? [];
    const passage: Passage = { call, context, entry, access: operation.access, touched, verdict: '' };
    return this.#pass(passage);
  }

  async #pass(passage: Passage): Promise<Answer> {
    try {
      await this.#readNeeds(passage);
      const early = await this.#options.store.transaction((transaction) => this.#enter(transaction, passage));
      if (early) return early;
    } catch (error) {
      // The transaction is undone with whatever the handler wrote: the record of the failure is all that stays.
      return this.#audited(passage, this.#failure(passage, error));
    }
    let answer: Answer;
    try {
      answer = await this.#act(passage);
    } catch (error) {
      answer = this.#failure(passage, error);
    }
    return this.#audited(passage, answer);
  }

  async #readNeeds(passage: Passage): Promise<void> {
    const { entry, context, call } = passage;
    if (entry.kind !== 'service') return;
    const { resourcePolicies, furtherActions } = entry.operation;
    if (resourcePolicies)
      passage.resourcePolicies = await resourcePolicies(this.#options.services(), context, call.input);
    if (furtherActions) passage.furtherActions = await furtherActions(call.input, this.#options.services());
  }

  /** @returns the answer, when the call came to its end in this transaction */
  #enter(transaction: AccountTransaction, passage: Passage): Answer | undefined {
    const { call, context, entry } = passage;
    passage.verdict = 'The request was refused before policies were asked.';
    const resourceArn = entry.operation.resourceArn(context, call.input, transaction);
    const replayed = this.#replay(transaction, passage, resourceArn);
    if (replayed) return replayed;

    const wanted = wantedBy(transaction, passage, resourceArn);
    const { verdict, refusal } = authorise(transaction, call, context.nowMs, wanted);
    passage.verdict = verdict;
    if (refusal) {
      const answer: Answer = { kind: 'error', requestId: context.requestId, error: refusal };
      this.#audit(transaction, passage, answer);
      return answer;
    }
    const guarded = guard(entry, call.caller, route(entry, this.#options.buckets));
    if (guarded.kind === 'rehearse') {
      passage.rehearsedFor = guarded.address;
      passage.verdict = `${verdict} Only rehearsed: a simulated event caused the call, and ${guarded.address} is outside this server.`;
    }
    if (entry.kind === 'service') return undefined;
    const output = entry.operation.handle(transaction, context, call.input);
    const answer: Answer = { kind: 'output', requestId: context.requestId, output: { ...output } };
    this.#audit(transaction, passage, answer);
    return answer;
  }

  #replay(transaction: AccountTransaction, passage: Passage, resourceArn: string): Answer | undefined {
    const { call, access, entry } = passage;
    const run = this.#options.runs.of(call.caller);
    const step = stepOf(call.caller);
    if (!run || !step) return this.#replayRequest(transaction, call);
    const touched = passage.touched.map(({ name }) => name);
    const named = entry.kind === 'service' ? entry.operation.subject?.(call.input) : undefined;
    const subject = subjectOf({
      access,
      region: call.region,
      input: call.input,
      resourceArn,
      touched,
      named,
    });
    const { service, operation } = call;
    passage.journalKey ??= run.nextKey({ service, operation, subject });
    const recorded = transaction.findAnswer(step.taskId, passage.journalKey);
    return recorded?.answer === undefined ? undefined : decodeAnswer(recorded.answer);
  }

  /** A delivery makes one call: once that has succeeded, a crash before the delivery was settled repeats nothing. */
  #replayRequest(transaction: AccountTransaction, call: InternalCall): Answer | undefined {
    if (call.requestKey === undefined) return undefined;
    const recorded = transaction.findAnswer(call.requestKey, requestJournalKey(call));
    return recorded?.answer === undefined ? undefined : decodeAnswer(recorded.answer);
  }

  async #act(passage: Passage): Promise<Answer> {
    const { call, context, entry, journalKey } = passage;
    if (entry.kind !== 'service') throw new Error(`${call.operation} was to end in its transaction`);
    const { store, codeStore, buckets, services, asyncInvocations, queues } = this.#options;
    const { connectionRequests } = this.#options;
    const step = stepOf(call.caller);
    const requestKey =
      call.requestKey ?? (step && journalKey !== undefined ? `${step.taskId}/${journalKey}` : undefined);
    const operationContext: OperationContext = {
      ...context,
      services: services(),
      store,
      codeStore,
      buckets,
      asyncInvocations,
      connectionRequests,
      queues,
      ...(step && { step }),
      ...(journalKey !== undefined && { journalKey }),
      ...(call.origin && { origin: call.origin }),
      ...(call.forwarded && { forwarded: call.forwarded }),
      ...(call.signal && { signal: call.signal }),
      ...(call.callerGone && { callerGone: call.callerGone }),
      ...(call.httpTrace && { httpTrace: call.httpTrace }),
      ...(requestKey !== undefined && { requestKey }),
    };
    const output = await carryOut(entry.operation, passage.rehearsedFor, operationContext, call.input);
    return { kind: 'output', requestId: context.requestId, output: { ...output } };
  }

  /** @throws StoreUnavailable, which is no answer of a service: whoever drives the work does it again later */
  #failure(passage: Passage, error: unknown): Answer {
    const { call, context } = passage;
    if (error instanceof StoreUnavailable) throw error;
    if (error instanceof ServiceError) return { kind: 'error', requestId: context.requestId, error };
    this.#options.report(problemLine(`${call.service}:${call.operation} failed`, error));
    const failure = internalFailure(call.service, call.operation, error);
    return { kind: 'error', requestId: context.requestId, error: failure };
  }

  async #audited(passage: Passage, answer: Answer): Promise<Answer> {
    const owed = this.#owed.splice(0);
    try {
      await this.#options.store.transaction((transaction) => {
        for (const record of owed) transaction.appendCall(record);
        this.#audit(transaction, passage, answer);
      });
      return answer;
    } catch (error) {
      this.#owed.unshift(...owed);
      const isChange = passage.access === 'write' && answer.kind === 'output';
      if (!isChange || isMadeAgain(passage.call) || !(error instanceof StoreUnavailable)) throw error;
      this.#owed.push(recordOf(passage, answer));
      throw unrecorded(passage.call, error);
    }
  }

  #audit(transaction: AccountTransaction, passage: Passage, answer: Answer): void {
    const { call, context } = passage;
    const { nowMs } = context;
    if (call.caller.kind === 'user')
      recordLastUsed(transaction, call.caller.accessKeyId, {
        nowMs,
        service: call.service,
        region: call.region,
      });
    transaction.appendCall(recordOf(passage, answer));
  }

  /** Whose policies do not allow it is told so, as on AWS; whoever may is told that it is not here. */
  async #refuseUnknown(call: AwsCall, requestId: string): Promise<Answer> {
    const { store, clock, ids, catalogue, account } = this.#options;
    const wanted = call.caller.kind === 'service' ? undefined : await unwrittenAccess(call, account);
    const nowMs = clock.now();
    return store.transaction((transaction) => {
      const asked = wanted && authorise(transaction, call, nowMs, wanted);
      const error =
        asked?.refusal ?? unknownOperation(call.service, call.operation, catalogue.hasService(call.service));
      const answer: Answer = { kind: 'error', requestId, error };
      const unsupported = 'The operation is not supported.';
      const record = callRecordOf({
        call,
        id: ids.uuid(),
        timeMs: nowMs,
        access: READ_NAME.test(call.operation) ? 'read' : 'write',
        touched: [],
        verdict:
          asked === undefined
            ? unsupported
            : asked.refusal
              ? asked.verdict
              : `${asked.verdict} ${unsupported}`,
        answer,
        auditedInput: call.input,
        auditedOutput: null,
      });
      transaction.appendCall(record);
      return answer;
    });
  }
}

/** By a step or a delivery, which the failure of a store leaves to be done again, and then recorded. */
function isMadeAgain(call: InternalCall): boolean {
  return call.requestKey !== undefined || stepOf(call.caller) !== undefined;
}

/** How AWS names operations that change nothing; asked only for operations that are not written. */
const READ_NAME = /^(?:Get|List|Describe|Lookup|Search|Test|Validate|BatchGet|Filter|Simulate)/;
