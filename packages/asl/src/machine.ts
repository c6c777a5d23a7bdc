import type { Json, JsonObject } from '@riposte/json';

/**
 * A checked definition. Its fields are those of the specification, under their own names.
 * @see https://states-language.net/spec.html
 */
export interface Machine extends StateGraph {
  QueryLanguage?: QueryLanguage;
  /** Of the whole execution. */
  TimeoutSeconds?: number;
  Version?: string;
  /** Not of the definition: chosen when it is read. An EXPRESS history has no limit. */
  type: 'STANDARD' | 'EXPRESS';
}

export type QueryLanguage = 'JSONPath' | 'JSONata';

/** States that lead to each other only: a machine, a branch, an item processor. */
export interface StateGraph {
  Comment?: string;
  StartAt: string;
  States: Record<string, State>;
}

/** One state, by its `Type`; which fields each has is the specification's. */
export type State =
  TaskState | PassState | ChoiceState | WaitState | SucceedState | FailState | ParallelState | MapState;
/** The `Type` of a state. */
export type StateType = State['Type'];
export type StateOf<T extends StateType> = Extract<State, { Type: T }>;

interface StateBase {
  Comment?: string;
  /** Absent: that of the machine, wherever the state stands. */
  QueryLanguage?: QueryLanguage;
}

/** Absent: `$`. `null`: an empty object. */
interface Filtered {
  InputPath?: string | null;
  OutputPath?: string | null;
  /** JSONata only, as Arguments, Items and Condition are. */
  Output?: Json;
}

/** In JSONata mode an expression, in `{% %}`. */
type Expression = string;

interface Onward {
  Next?: string;
  End?: boolean;
  Assign?: JsonObject;
}

interface Working {
  Parameters?: Json;
  Arguments?: Json;
  ResultSelector?: Json;
  /** `null` keeps the state input. */
  ResultPath?: string | null;
  Retry?: Retrier[];
  Catch?: Catcher[];
}

export interface TaskState extends StateBase, Filtered, Onward, Working {
  Type: 'Task';
  Resource: string;
  TimeoutSeconds?: number | Expression;
  TimeoutSecondsPath?: string;
  HeartbeatSeconds?: number | Expression;
  HeartbeatSecondsPath?: string;
  /** The role that the execution role assumes for the work: `RoleArn`, in JSONata mode perhaps one expression for all. */
  Credentials?: JsonObject | Expression;
}

export interface PassState extends StateBase, Filtered, Onward {
  Type: 'Pass';
  Result?: Json;
  Parameters?: Json;
  ResultPath?: string | null;
}

export interface ChoiceState extends StateBase, Filtered {
  Type: 'Choice';
  Choices: ChoiceRule[];
  Default?: string;
  Assign?: JsonObject;
}

export interface WaitState extends StateBase, Filtered, Onward {
  Type: 'Wait';
  Seconds?: number | Expression;
  SecondsPath?: string;
  Timestamp?: string;
  TimestampPath?: string;
}

export interface SucceedState extends StateBase, Filtered {
  Type: 'Succeed';
}

export interface FailState extends StateBase {
  Type: 'Fail';
  Error?: string;
  ErrorPath?: string;
  Cause?: string;
  CausePath?: string;
}

export interface ParallelState extends StateBase, Filtered, Onward, Working {
  Type: 'Parallel';
  Branches: StateGraph[];
}

export interface MapState extends StateBase, Filtered, Onward, Working {
  Type: 'Map';
  ItemsPath?: string;
  Items?: Json[] | Expression;
  ItemSelector?: Json;
  ItemProcessor?: ItemProcessor;
  /** The older name of ItemProcessor. */
  Iterator?: ItemProcessor;
  MaxConcurrency?: number | Expression;
  MaxConcurrencyPath?: string;
  /** Of a distributed Map, as are the next three. */
  Label?: string;
  ItemReader?: ItemReader;
  ItemBatcher?: ItemBatcher;
  ResultWriter?: ResultWriter;
  ToleratedFailureCount?: Json;
  ToleratedFailureCountPath?: string;
  ToleratedFailurePercentage?: Json;
  ToleratedFailurePercentagePath?: string;
}

/** What a Map runs for each item: DISTRIBUTED in an execution of its own, otherwise within the Map's. */
interface ItemProcessor extends StateGraph {
  ProcessorConfig?: { Mode?: 'INLINE' | 'DISTRIBUTED'; ExecutionType?: 'STANDARD' | 'EXPRESS' };
}

/** Where a distributed Map reads its items: an object, or the listing of a bucket. */
export interface ItemReader {
  Resource: string;
  Parameters?: JsonObject;
  Arguments?: Json;
  ReaderConfig?: ReaderConfig;
}

interface ReaderConfig {
  InputType?: 'CSV' | 'JSON' | 'JSONL' | 'PARQUET' | 'MANIFEST';
  /** Of a listing. Default NONE: the items are what the listing says of each object. */
  Transformation?: 'NONE' | 'LOAD_AND_FLATTEN';
  ManifestType?: 'ATHENA_DATA' | 'S3_INVENTORY';
  /** Default COMMA. */
  CSVDelimiter?: 'COMMA' | 'PIPE' | 'SEMICOLON' | 'SPACE' | 'TAB';
  CSVHeaderLocation?: 'FIRST_ROW' | 'GIVEN';
  CSVHeaders?: string[];
  /** A JSON Pointer (RFC 6901) into a JSON file. */
  ItemsPointer?: string;
  /** 0: all. */
  MaxItems?: number | Expression;
  MaxItemsPath?: string;
}

/** Puts several items into one child execution. */
export interface ItemBatcher {
  MaxItemsPerBatch?: number | Expression;
  MaxItemsPerBatchPath?: string;
  MaxInputBytesPerBatch?: number | Expression;
  MaxInputBytesPerBatchPath?: string;
  BatchInput?: Json;
}

interface ResultWriter {
  Resource?: string;
  Parameters?: JsonObject;
  Arguments?: Json;
  WriterConfig?: WriterConfig;
}

export interface WriterConfig {
  Transformation?: 'NONE' | 'COMPACT' | 'FLATTEN';
  /** Default JSON. */
  OutputType?: 'JSON' | 'JSONL';
}

/** A test with its target; `Next` and `Assign` stand on top-level rules only. */
export type ChoiceRule = ChoiceTest & { Next: string; Assign?: JsonObject; Output?: Json; Comment?: string };

/** `And`, `Or`, `Not`, or a `Variable` with one comparison under the operator's name; in JSONata mode a `Condition`. */
export interface ChoiceTest {
  And?: ChoiceTest[];
  Or?: ChoiceTest[];
  Not?: ChoiceTest;
  Variable?: string;
  Condition?: Expression | boolean;
  [operator: string]: unknown;
}

export interface Retrier {
  ErrorEquals: string[];
  /** Default 1. */
  IntervalSeconds?: number;
  /** Default 3; 0 means never. */
  MaxAttempts?: number;
  /** Default 2. */
  BackoffRate?: number;
  MaxDelaySeconds?: number;
  /** Default NONE. */
  JitterStrategy?: 'NONE' | 'FULL';
  Comment?: string;
}

/** What a state does with an error that nobody retries: go on elsewhere. */
export interface Catcher {
  ErrorEquals: string[];
  Next: string;
  ResultPath?: string | null;
  Output?: Json;
  Assign?: JsonObject;
  Comment?: string;
}
