import type { HttpParameters } from '@riposte/events';

type Values = Record<string, string>;

/** What a connection adds to a request, by name; it may hold secrets. */
export interface ConnectionParameters {
  headers: Readonly<Values>;
  query: Readonly<Values>;
  body: Readonly<Values>;
}

export function parametersOf(parameters: HttpParameters | undefined): ConnectionParameters {
  return {
    headers: valuesOf(parameters?.HeaderParameters),
    query: valuesOf(parameters?.QueryStringParameters),
    body: valuesOf(parameters?.BodyParameters),
  };
}

function valuesOf(list: HttpParameters['HeaderParameters'] = []): Values {
  return Object.fromEntries(list.map(({ Key, Value = '' }) => [Key, Value]));
}

/** Headers of all; of several with the same name, whatever its case, the last one's, in the place of the first. */
export function merged<Value>(...lists: readonly Readonly<Record<string, Value>>[]): Record<string, Value> {
  const byName = new Map<string, [string, Value]>();
  for (const list of lists)
    for (const [name, value] of Object.entries(list)) byName.set(name.toLowerCase(), [name, value]);
  return Object.fromEntries(byName.values());
}
