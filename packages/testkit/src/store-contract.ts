import type { Store } from '@riposte/engine';
import type { TestContext } from 'node:test';
import { contract } from './contract.ts';
import { commitCases } from './store-contract/commit-cases.ts';
import { effectCases } from './store-contract/effect-cases.ts';
import { mapRunCases } from './store-contract/map-run-cases.ts';
import { queryCases } from './store-contract/query-cases.ts';
import { resourceCases } from './store-contract/resource-cases.ts';

/** A store under test. */
export interface OpenedStore {
  store: Store;
  /** Ends it as a killed process would, and opens what is on disk. */
  crash(): Promise<Store>;
}

export type StoreCase = (opened: OpenedStore) => Promise<void>;

/**
 * Everything the engine relies on. Each driver runs all of it.
 * @param open makes an empty store; cleans up through the test's context
 */
export function storeContract(name: string, open: (t: TestContext) => Promise<OpenedStore>): void {
  const cases: Record<string, StoreCase> = {
    ...commitCases,
    ...effectCases,
    ...mapRunCases,
    ...queryCases,
    ...resourceCases,
  };
  contract(name, cases, open);
}
