import type { EventStore, SchedulerStore } from '@riposte/events';
import type { TestContext } from 'node:test';
import { contract, type ContractCases } from './contract.ts';
import { attemptCases } from './event-store-contract/attempt-cases.ts';
import { claimCases } from './event-store-contract/claim-cases.ts';
import { recordCases } from './event-store-contract/record-cases.ts';
import { retentionCases } from './event-store-contract/retention-cases.ts';
import { scheduleCases } from './event-store-contract/schedule-cases.ts';
import { searchCases } from './event-store-contract/search-cases.ts';

/** The two stores of the events room: they share their transactions. */
export interface EventStores {
  store: EventStore;
  schedulerStore: SchedulerStore;
}

/** Stores under test. */
export interface OpenedEventStores extends EventStores {
  /** Ends them as a killed process would, and opens what is on disk. */
  crash(): Promise<EventStores>;
}

export type EventStoreCases = ContractCases<OpenedEventStores>;

/**
 * Everything the events room relies on. Each driver runs all of it.
 * @param open  makes empty stores; cleans up through the test's context
 */
export function eventStoreContract(name: string, open: (t: TestContext) => Promise<OpenedEventStores>): void {
  const cases: EventStoreCases = {
    ...recordCases,
    ...claimCases,
    ...attemptCases,
    ...searchCases,
    ...retentionCases,
    ...scheduleCases,
  };
  contract(name, cases, open);
}
