export type { Diagnostic } from './check/diagnostic.ts';
export { parseJson, stringifyJson } from './json.ts';
export type { Json, JsonObject } from './json.ts';
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
