import type { CatalogueEntry } from './operation.ts';

/**
 * What stands between "the caller may" and "it is done". Both stages have one answer today: everything that policies
 * allow passes, and everything is carried out in this process. Guards of playbooks and routing to real AWS go here.
 */
export type GuardAnswer = { kind: 'pass' };
export type Route = { kind: 'local' };

export function guard(_entry: CatalogueEntry): GuardAnswer {
  return { kind: 'pass' };
}

export function route(_entry: CatalogueEntry): Route {
  return { kind: 'local' };
}
