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

/** Headers of both; of two with the same name, whatever its case, the second one's. */
export function merged(first: Readonly<Values>, second: Readonly<Values>): Values {
  const names = new Set(Object.keys(second).map((name) => name.toLowerCase()));
  const kept = Object.entries(first).filter(([name]) => !names.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...second };
}
