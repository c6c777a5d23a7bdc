export { variableReferences } from './analysis/variable-references.ts';
export { parseDefinition } from './check/definition.ts';
export type { ParsedDefinition } from './check/definition.ts';
export { formatDiagnostics } from './check/diagnostic.ts';
export type { Diagnostic } from './check/diagnostic.ts';
export { notRecognized } from './check/integrations.ts';
export type { Integrations } from './check/integrations.ts';
export { evaluateExpression, evaluationOutOfMemory, evaluationTimedOut } from './jsonata/evaluate.ts';
export type { EvaluationReply, EvaluationRequest } from './jsonata/evaluate.ts';
export { dataLimitCause, StateFailure, TOLERANCE_EXCEEDED } from './errors/failure.ts';
export { batchesOf } from './items/batches.ts';
export type { Batch, BatchLimits } from './items/batches.ts';
export { describedChild, resultsOf, resultTransformation } from './items/child-record.ts';
export type { ChildRecord, ResultTransformation } from './items/child-record.ts';
export { ItemReaderFailure } from './items/failure.ts';
export { itemFormat, itemsMax } from './items/format.ts';
export type { ItemFormat } from './items/format.ts';
export { listingItem } from './items/listing.ts';
export type { ListedObject } from './items/listing.ts';
export { athenaManifest, inventoryManifest, manifestType } from './items/manifests.ts';
export type { DataFile, Manifest } from './items/manifests.ts';
export { ITEM_CHARACTERS_MAX } from './items/parser.ts';
export { flattened, readItems } from './items/read-items.ts';
export type { ObjectText } from './items/read-items.ts';
export { manifestKey, ResultFiles, writtenResult } from './items/result-files.ts';
export type { ResultFile, ResultTarget } from './items/result-files.ts';
export { isJsonObject, parseJson, stringifyJson } from '@riposte/json';
export { jsonProblem, jsonProblemOffset } from './json-problem.ts';
export { withPlainNumbers } from './number-forms.ts';
export { double, numberOf } from '@riposte/json';
export type { Json, JsonObject } from '@riposte/json';
export { boundedConcurrency, DISTRIBUTED_CONCURRENCY_MAX } from './limits.ts';
export { childInputs } from './map-run/child-inputs.ts';
export type { ChildInput, ItemSource } from './map-run/child-inputs.ts';
export { MapRunFailure } from './map-run/failure.ts';
export type { BatcherPlan, MapRunPlan, ReaderPlan, WriterPlan } from './map-run/plan.ts';
export { distributedMaps, labelOf, processorDefinition } from './map-run/processor.ts';
export type { DistributedMap } from './map-run/processor.ts';
export type { Catcher, ChoiceRule, ChoiceTest, Machine, State, StateGraph, StateType } from './machine.ts';
export type {
  Command,
  Decision,
  Environment,
  ExecutionContext,
  HistoryEvent,
  Outcome,
  Signal,
  Snapshot,
} from './step/contract.ts';
export { isToleranceExceeded } from './states/tolerance.ts';
export { step } from './step/step.ts';
export { StateTestRefusal } from './test-state/contract.ts';
export type {
  HttpTrace,
  InspectionDataRequest,
  InspectionDataResponse,
  StateTask,
  StateTest,
  StateTestReport,
  StateTestWorld,
  TaskEnd,
} from './test-state/contract.ts';
export { testState } from './test-state/run.ts';
