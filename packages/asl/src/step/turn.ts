import type { Failure } from '../errors/failure.ts';
import type { Json } from '@riposte/json';
import { parseJson } from '@riposte/json';
import { HISTORY_EVENTS_MAX } from '../limits.ts';
import type { Machine, State, StateGraph } from '../machine.ts';
import type {
  Command,
  Decision,
  Environment,
  ExecutionContext,
  HistoryEvent,
  Outcome,
  Snapshot,
} from './contract.ts';
import type { Join, RunRecord, Scope } from './scopes.ts';
import { joinKey, RUN, scopeKey } from './scopes.ts';

/** What is to be done next within the same decision; done before any other scope moves on. */
export type Move =
  | { do: 'begin'; scope: string; entered?: { after: number } }
  | { do: 'complete'; scope: string; result: Json }
  | { do: 'fail'; scope: string; failure: Failure }
  | { do: 'child-ended'; scope: string; index: number; childEventId: number; output: Json }
  | { do: 'child-failed'; scope: string; index: number; childEventId: number; failure: Failure };

/** The history has no room for an event that would follow `previousEventId`. */
export class HistoryFull extends Error {
  readonly previousEventId: number;

  constructor(previousEventId: number) {
    super('The history is full');
    this.previousEventId = previousEventId;
  }
}

/**
 * The workspace of one decision: the snapshot with the changes made so far on top, and what goes out. Records are
 * replaced, never changed in place, so a snapshot stays as it was.
 */
export class Turn {
  readonly machine: Machine;
  readonly execution: ExecutionContext;
  readonly environment: Environment;
  readonly agenda: Move[] = [];
  readonly ready: string[];
  outcome: Outcome | undefined;
  readonly #snapshot: Snapshot;
  readonly #changes = new Map<string, Json | null>();
  readonly #events: HistoryEvent[] = [];
  readonly #commands: Command[] = [];
  #atFailure: Map<string, Json | null> | undefined;
  #nextEventId: number;
  #input: Json | undefined;

  constructor(machine: Machine, execution: ExecutionContext, snapshot: Snapshot, environment: Environment) {
    this.machine = machine;
    this.execution = execution;
    this.environment = environment;
    this.#snapshot = snapshot;
    this.#nextEventId = snapshot.nextEventId;
    this.ready = [...(this.#read<RunRecord>(RUN)?.ready ?? [])];
  }

  /** The execution's input, read once. @throws SyntaxError */
  get executionInput(): Json {
    this.#input ??= parseJson(this.execution.input);
    return this.#input;
  }

  findScope(scope: string): Scope | undefined {
    return this.#read<Scope>(scopeKey(scope));
  }

  /** A scope that must be there: its key came from another record. */
  scope(scope: string): Scope {
    const found = this.findScope(scope);
    if (found === undefined) throw new Error(`Scope ${scope} is gone but still referred to`);
    return found;
  }

  saveScope(scope: string, record: Scope): void {
    this.write(scopeKey(scope), record);
  }

  join(scope: string): Join {
    const found = this.findJoin(scope);
    if (found === undefined) throw new Error(`Scope ${scope} has children but no join`);
    return found;
  }

  findJoin(scope: string): Join | undefined {
    return this.#read<Join>(joinKey(scope));
  }

  saveJoin(scope: string, join: Join): void {
    this.write(joinKey(scope), join);
  }

  read(key: string): Json | undefined {
    return this.#read<Json>(key);
  }

  /** Records hold JSON: an interface without an index signature is JSON all the same. */
  write(key: string, record: object | Json): void {
    this.#changes.set(key, record as Json);
  }

  remove(key: string): void {
    if (this.#snapshot.records.has(key)) this.#changes.set(key, null);
    else this.#changes.delete(key);
  }

  /** The states among which a scope moves. */
  graph(scope: Scope): StateGraph {
    if (scope.parent === undefined) return this.machine;
    const parent = this.scope(scope.parent);
    const state = this.state(parent);
    const graph =
      state.Type === 'Parallel'
        ? state.Branches[scope.index ?? 0]
        : state.Type === 'Map'
          ? (state.ItemProcessor ?? state.Iterator)
          : undefined;
    if (graph === undefined) throw new Error(`State ${parent.stateName} has no states inside`);
    return graph;
  }

  state(scope: Scope): State {
    const state = this.graph(scope).States[scope.stateName];
    if (state === undefined) throw new Error(`State ${scope.stateName} is not in the machine`);
    return state;
  }

  /**
   * Appends an event.
   * @returns its id
   * @throws HistoryFull
   */
  emit(type: string, previousEventId: number, details?: Record<string, Json>): number {
    const id = this.#nextEventId;
    const isEnd = /^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(type);
    if (id >= HISTORY_EVENTS_MAX && !isEnd && this.machine.type === 'STANDARD')
      throw new HistoryFull(previousEventId);
    this.#nextEventId++;
    this.#events.push({
      id,
      previousEventId,
      timestamp: this.environment.nowMs,
      type,
      ...(details !== undefined && { [detailsMember(type)]: details }),
    });
    return id;
  }

  /** A task that is cancelled by the decision that would have handed it out never leaves it. */
  command(command: Command): void {
    if (command.type === 'cancel') {
      const at = this.#commands.findIndex((earlier) => idOf(earlier) === command.id);
      const [withdrawn] = at < 0 ? [] : this.#commands.splice(at, 1);
      if (withdrawn?.type === 'schedule-task' || withdrawn?.type === 'start-map-run') return;
    }
    this.#commands.push(command);
  }

  /** Every scope there is, in a stable order. */
  scopeNames(): string[] {
    const prefix = scopeKey('');
    const keys = new Set([...this.#snapshot.records.keys(), ...this.#changes.keys()]);
    return [...keys]
      .filter((key) => key.startsWith(prefix) && this.#read<Scope>(key) !== undefined)
      .map((key) => key.slice(prefix.length))
      .toSorted();
  }

  /** Id of the last event in the history. */
  get lastEventId(): number {
    return this.#nextEventId - 1;
  }

  /** Should what now failed end the execution, then its records are left as they are here: a redrive starts there. */
  markFailure(): void {
    this.#atFailure ??= new Map(this.#changes);
  }

  /** What failed was retried or caught. */
  forgetFailure(): void {
    this.#atFailure = undefined;
  }

  decision(): Decision {
    return {
      events: this.#events,
      changes: this.outcome?.status === 'FAILED' ? (this.#atFailure ?? this.#changes) : this.#changes,
      commands: this.outcome === undefined ? this.#commands : [],
      nextEventId: this.#nextEventId,
      ...(this.outcome !== undefined && { outcome: this.outcome }),
    };
  }

  /** Records were written by this room, in the type that belongs to their key. */
  #read<T>(key: string): T | undefined {
    const record = this.#changes.has(key) ? this.#changes.get(key) : this.#snapshot.records.get(key);
    return (record ?? undefined) as T | undefined;
  }
}

function idOf(command: Command): string {
  if (command.type === 'cancel') return command.id;
  return command.type === 'start-timer' ? command.timerId : command.taskId;
}

function detailsMember(type: string): `${string}EventDetails` {
  if (type.endsWith('StateEntered')) return 'stateEnteredEventDetails';
  if (type.endsWith('StateExited')) return 'stateExitedEventDetails';
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}
