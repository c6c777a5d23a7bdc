import type { Json, JsonObject } from '@riposte/json';
import { memberOf } from '@riposte/json';
import type { Stage, Visit } from '../states/handler.ts';
import type { StateTest, StateTestWorld } from './contract.ts';
import type { Inspection } from './inspection.ts';
import type { ReaderData } from './reader-data.ts';
import { hasReader } from './reader-data.ts';
import type { Subject } from './subject.ts';
import type { WorkEnd } from './work-end.ts';

/** A request, read and checked, with all that its run has at hand. */
export interface TrialParts {
  subject: Subject;
  test: StateTest;
  world: StateTestWorld;
  input: Json;
  variables: JsonObject;
  context: JsonObject;
  mocked: WorkEnd | undefined;
  read: ReaderData | undefined;
  inspection: Inspection;
}

/** The visit of the state under test, which tells the inspection of its stages. */
export function visitOf(parts: TrialParts, context: JsonObject): Visit {
  const { subject, world, input, variables } = parts;
  const { environment } = world;
  const itemsRead = parts.read?.items ?? (hasReader(subject.state) ? unknownItems(parts) : undefined);
  return {
    stateName: subject.name,
    language: subject.language,
    input,
    nowMs: environment.nowMs,
    evaluation: (document) => ({
      document,
      context,
      variable: (name) => memberOf(variables, name),
      environment,
    }),
    observe: (stage, value) => observe(parts, stage, value),
    ...(itemsRead !== undefined && { itemsRead }),
  };
}

/** Whether the test says what a reader would have read, or there is none. */
export function knowsItems({ subject, read }: TrialParts): boolean {
  return !hasReader(subject.state) || read !== undefined;
}

function observe(parts: TrialParts, stage: Stage, value: Json): void {
  if (stage !== 'afterItemsPath' || knowsItems(parts)) parts.inspection.observe(stage, value);
}

/** Where a reader would read and nothing is said of what it read, there are as many items as mocked results. */
function unknownItems({ mocked }: TrialParts): Json[] {
  return mocked !== undefined && 'result' in mocked && Array.isArray(mocked.result) ? mocked.result : [];
}
