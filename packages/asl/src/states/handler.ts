import type { Evaluation } from '../data/evaluation.ts';
import type { Left } from '../data/flow.ts';
import type { Failure } from '../errors/failure.ts';
import type { Json } from '@riposte/json';
import type { QueryLanguage, State } from '../machine.ts';

/** Where data stand on their way through a state, under the names of TestState's inspection data. */
export type Stage =
  | 'afterInputPath'
  | 'afterParameters'
  | 'afterArguments'
  | 'result'
  | 'afterResultSelector'
  | 'afterResultPath'
  | 'afterItemsPath'
  | 'maxConcurrency';

/** One visit of a state, as its handler sees it. */
export interface Visit {
  stateName: string;
  language: QueryLanguage;
  /** As it came in, before InputPath. */
  input: Json;
  nowMs: number;
  /** For expressions over a document: variables and context object are those of this visit. */
  evaluation(document: Json): Evaluation;
  /** Told of the data at each stage they pass; for who tests a state. */
  observe?(stage: Stage, value: Json): void;
  /** What a Map's ItemReader has read: the items, whatever ItemsPath or Items say. */
  itemsRead?: Json;
}

/** What a state does next. */
export type Transition =
  | { type: 'exit'; left: Left; /** undefined ends the scope */ next: string | undefined }
  | { type: 'fail'; failure: Failure }
  | { type: 'wait'; untilMs: number }
  | {
      type: 'task';
      input: Json;
      timeoutSeconds?: number;
      heartbeatSeconds?: number;
      /** Of the state's Credentials. */
      roleArn?: string;
    }
  | { type: 'branches'; input: Json }
  | ({ type: 'iterations' } & Iterations);

/** What a Map goes over. The items of a distributed Map with an ItemReader are not here: they are still to be read. */
export interface Iterations {
  items: Json[];
  /** Items are `{Key, Value}` pairs of an object. */
  isKeyed: boolean;
  maxConcurrency: number;
}

/**
 * One state type. Handlers decide what the state's own paragraph of the specification says; events, timers, retries
 * and catches are the switchboard's.
 */
export interface StateHandler<S extends State> {
  /** Where an evaluation that fails on entry stands in the history: beside Entered (the rule) or after it. */
  evaluatesAfterEntered?: boolean;
  /** Does the work: on entry, and again on each retry. @throws StateFailure */
  enter(state: S, visit: Visit): Promise<Transition>;
  /** Takes what the state awaited: the result of its task, branches or iterations; null after a wait. @throws StateFailure */
  complete?(state: S, visit: Visit, result: Json): Promise<Transition>;
}
