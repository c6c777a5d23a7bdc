import type { Json, JsonObject } from '@riposte/json';
import { isJsonObject } from '@riposte/json';

/** The processor of a Map whose iterations are executions of their own. */
export function isDistributed(state: JsonObject): boolean {
  return configOf(state)['Mode'] === 'DISTRIBUTED';
}

/** Of the states inside a distributed Map. */
export function childType(state: JsonObject): Json | undefined {
  return configOf(state)['ExecutionType'];
}

function configOf(state: JsonObject): JsonObject {
  const processor = state['ItemProcessor'] ?? state['Iterator'];
  const config = isJsonObject(processor) ? processor['ProcessorConfig'] : undefined;
  return isJsonObject(config) ? config : {};
}
