import { integerAt } from '../data/evaluation.ts';
import { effectiveInput } from '../data/flow.ts';
import { fillInteger, fillJsonata } from '../data/jsonata.ts';
import { fillTemplate } from '../data/templates.ts';
import { runtimeFailure } from '../errors/failure.ts';
import type { Json, JsonObject } from '@riposte/json';
import { isJsonObject, stringifyJson } from '@riposte/json';
import { ITEMS_MAX, PAYLOAD_BYTES_MAX } from '../limits.ts';
import type { BatchLimits } from '../items/batches.ts';
import type { ResultTransformation } from '../items/child-record.ts';
import type { ItemBatcher, MapState, WriterConfig } from '../machine.ts';
import type { Iterations, Visit } from '../states/handler.ts';
import type { Tolerance } from '../states/tolerance.ts';
import { readTolerance } from '../states/tolerance.ts';

/**
 * What one run of a distributed Map does, with everything evaluated that does not depend on an item. Plain data: it is
 * written down once, and whoever carries the run out after a crash reads it again.
 */
export interface MapRunPlan extends Tolerance {
  stateName: string;
  enteredEventId: number;
  executionType: 'STANDARD' | 'EXPRESS';
  /** From 1 to 10,000. */
  maxConcurrency: number;
  /** Absent where a reader brings them. */
  items?: Json[];
  /** Items are `{Key, Value}` pairs of an object. */
  isKeyed?: boolean;
  reader?: ReaderPlan;
  batcher?: BatcherPlan;
  writer?: WriterPlan;
  /** Where the state has an ItemSelector: what that sees besides the item. */
  selectorView?: { input: Json; variables: JsonObject; context: JsonObject };
}

/** What an ItemReader reads: one object, or those of a listing. */
export interface ReaderPlan {
  action: 'getObject' | 'listObjectsV2';
  bucket: string;
  key?: string;
  prefix?: string;
  versionId?: string;
  expectedBucketOwner?: string;
  /** Without MaxItems and MaxItemsPath. */
  config: JsonObject;
  /** 0: all. A negative number fails the reader. */
  itemsWanted: number;
}

/** How items are put together into batches, and what each batch carries besides. */
export interface BatcherPlan extends BatchLimits {
  batchInput?: Json;
}

/** What a ResultWriter writes, and where. */
export interface WriterPlan {
  /** Absent: the results are the state's result. */
  bucket?: string;
  prefix?: string;
  expectedBucketOwner?: string;
  transformation: ResultTransformation;
  outputType: NonNullable<WriterConfig['OutputType']>;
}

/** What the state of a plan sees of the execution it stands in. */
export interface PlanView {
  enteredEventId: number;
  variables: JsonObject;
  context: JsonObject;
}

/**
 * Evaluates the fields of a distributed Map.
 * @throws StateFailure
 */
export async function planMapRun(
  state: MapState,
  visit: Visit,
  { items, isKeyed, maxConcurrency }: Iterations,
  { enteredEventId, variables, context }: PlanView,
): Promise<MapRunPlan> {
  const tolerance = await readTolerance(state, visit);
  const { ItemReader, ItemBatcher: batcher, ItemSelector, Parameters, ResultWriter } = state;
  const reader = ItemReader && (await planReader(state, ItemReader, visit));
  const batching = batcher && (await planBatcher(batcher, state, visit));
  const writer = ResultWriter && (await planWriter(state, ResultWriter, visit));
  const processor = state.ItemProcessor ?? state.Iterator;
  return {
    stateName: visit.stateName,
    enteredEventId,
    executionType: processor?.ProcessorConfig?.ExecutionType ?? 'STANDARD',
    maxConcurrency,
    ...tolerance,
    ...(reader ? { reader } : { items }),
    ...(isKeyed && { isKeyed }),
    ...(batching && { batcher: batching }),
    ...(writer && { writer }),
    ...((ItemSelector ?? Parameters) !== undefined && {
      selectorView: { input: visit.input, variables, context },
    }),
  };
}

async function planReader(
  state: MapState,
  reader: NonNullable<MapState['ItemReader']>,
  visit: Visit,
): Promise<ReaderPlan> {
  const { MaxItems = 0, MaxItemsPath, ...config } = reader.ReaderConfig ?? {};
  const given = await filled(state, reader, 'ItemReader', visit);
  const max =
    MaxItemsPath === undefined
      ? await numberOf(MaxItems, 'ItemReader/ReaderConfig/MaxItems', visit)
      : integerAt(MaxItemsPath, 'MaxItems', visit.evaluation(await effectiveInput(state, visit)));
  return {
    action: reader.Resource.endsWith(':getObject') ? 'getObject' : 'listObjectsV2',
    bucket: textIn(given, 'Bucket', 'ItemReader') ?? missing('Bucket', 'ItemReader'),
    ...optional('key', textIn(given, 'Key', 'ItemReader')),
    ...optional('prefix', textIn(given, 'Prefix', 'ItemReader')),
    ...optional('versionId', textIn(given, 'VersionId', 'ItemReader')),
    ...optional('expectedBucketOwner', textIn(given, 'ExpectedBucketOwner', 'ItemReader')),
    config: { ...config },
    itemsWanted: max,
  };
}

async function planWriter(
  state: MapState,
  writer: NonNullable<MapState['ResultWriter']>,
  visit: Visit,
): Promise<WriterPlan> {
  const { WriterConfig: config = {} } = writer;
  const isWritten = writer.Resource !== undefined;
  const given = isWritten ? await filled(state, writer, 'ResultWriter', visit) : {};
  const form = {
    transformation: config.Transformation ?? (isWritten ? 'NONE' : 'COMPACT'),
    outputType: config.OutputType ?? 'JSON',
  } as const;
  if (!isWritten) return form;
  return {
    ...form,
    bucket: textIn(given, 'Bucket', 'ResultWriter') ?? missing('Bucket', 'ResultWriter'),
    ...optional('prefix', textIn(given, 'Prefix', 'ResultWriter')),
    ...optional('expectedBucketOwner', textIn(given, 'ExpectedBucketOwner', 'ResultWriter')),
  };
}

/** @throws StateFailure */
export async function planBatcher(batcher: ItemBatcher, state: MapState, visit: Visit): Promise<BatcherPlan> {
  const itemsMax = await batchLimit(batcher, 'MaxItemsPerBatch', ITEMS_MAX, state, visit);
  const inputBytesMax = await batchLimit(batcher, 'MaxInputBytesPerBatch', PAYLOAD_BYTES_MAX, state, visit);
  const { BatchInput: template } = batcher;
  const batchInput =
    template === undefined
      ? undefined
      : visit.language === 'JSONata'
        ? await fillJsonata(template, 'ItemBatcher/BatchInput', visit)
        : fillTemplate(template, visit.evaluation(await effectiveInput(state, visit)));
  return {
    ...(itemsMax !== undefined && { itemsMax }),
    ...(inputBytesMax !== undefined && { inputBytesMax }),
    ...(batchInput !== undefined && { batchInput }),
  };
}

type Limit = 'MaxItemsPerBatch' | 'MaxInputBytesPerBatch';

async function batchLimit(
  batcher: ItemBatcher,
  field: Limit,
  max: number,
  state: MapState,
  visit: Visit,
): Promise<number | undefined> {
  const { [field]: given, [`${field}Path` as const]: path } = batcher;
  if (visit.language === 'JSONata')
    return given === undefined
      ? undefined
      : fillInteger(given, `ItemBatcher/${field}`, visit, { min: 1, max });
  if (path === undefined) return given === undefined ? undefined : Number(given); // a number: checked
  const value = integerAt(path, field, visit.evaluation(await effectiveInput(state, visit)));
  if (value < 1) throw runtimeFailure(`${field} must be positive.`);
  return Math.min(value, max);
}

/** Parameters or Arguments, filled in. */
async function filled(
  state: MapState,
  { Parameters, Arguments }: { Parameters?: JsonObject; Arguments?: Json },
  field: 'ItemReader' | 'ResultWriter',
  visit: Visit,
): Promise<JsonObject> {
  const value =
    visit.language === 'JSONata'
      ? await fillJsonata(Arguments ?? {}, `${field}/Arguments`, visit)
      : fillTemplate(Parameters ?? {}, visit.evaluation(await effectiveInput(state, visit)));
  if (isJsonObject(value)) return value;
  throw runtimeFailure(`The ${field} must be given an object, but was given: ${stringifyJson(value)}`);
}

async function numberOf(given: Json, field: string, visit: Visit): Promise<number> {
  return visit.language === 'JSONata' ? fillInteger(given, field, visit) : Number(given); // a number: checked
}

function textIn(given: JsonObject, name: string, field: string): string | undefined {
  const value = given[name];
  if (value === undefined || typeof value === 'string') return value;
  throw runtimeFailure(`The ${name} of the ${field} must be a string, but was: ${stringifyJson(value)}`);
}

function missing(name: string, field: string): never {
  throw runtimeFailure(`The ${field} needs a ${name}`);
}

function optional<K extends string>(name: K, value: string | undefined): { [k in K]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { [k in K]?: string }; // that one member or none
}
